"""The few XMP properties that speak of a picture's origin (ISO 16684-1), read without ever expanding an entity."""

from xml.parsers import expat

SOURCE_TYPE, CREATOR_TOOL, CREDIT, MANIFEST = "source_type", "creator_tool", "credit", "manifest"
DEEPEST = 64
MOST_ELEMENTS = 20_000
LONGEST_VALUE = 2_000

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_WANTED = {
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/ DigitalSourceType": SOURCE_TYPE,
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/ DigitalSourcetype": SOURCE_TYPE,
    "http://ns.adobe.com/xap/1.0/ CreatorTool": CREATOR_TOOL,
    "http://ns.adobe.com/photoshop/1.0/ Credit": CREDIT,
    "http://purl.org/dc/terms/ provenance": MANIFEST,
}
_UTF16 = {b"\xff\xfe", b"\xfe\xff"}


class XmpRefused(ValueError):
    """The packet declares a document type, or is nested or long beyond reason."""


class _Packet:
    """Collects the wanted properties, each as an attribute, as text or as an `rdf:resource`; the first of each."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._elements = 0
        self._open: list[str | None] = []
        self._text = ""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._open.append(_WANTED.get(name))
        if len(self._open) > DEEPEST or self._elements > MOST_ELEMENTS:
            raise XmpRefused("the packet is nested or long beyond reason")
        for attribute, value in attributes.items():
            if wanted := _WANTED.get(attribute):
                self._keep(wanted, value)
        if self._open[-1]:
            self._text = ""
            self._keep(self._open[-1], attributes.get(f"{_RDF} resource", ""))

    def end(self, _name: str) -> None:
        if wanted := self._open.pop():
            self._keep(wanted, self._text)

    def text(self, text: str) -> None:
        if len(self._text) < LONGEST_VALUE and any(self._open):
            self._text += text

    def _keep(self, name: str, value: str) -> None:
        if value.strip():
            self.found.setdefault(name, value.strip()[:LONGEST_VALUE])


def read(packet: bytes) -> dict[str, str]:
    """The wanted properties by this module's names. Raises XmpRefused or expat.ExpatError."""
    collected = _Packet()
    parser = expat.ParserCreate("utf-8", " ")
    parser.StartElementHandler = collected.begin
    parser.EndElementHandler = collected.end
    parser.CharacterDataHandler = collected.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.Parse(_utf8(packet).strip(b"\x00 \t\r\n"), True)
    return collected.found


def _utf8(packet: bytes) -> bytes:
    """The packet in UTF-8; the standard allows UTF-16 too, with a byte order mark."""
    return packet.decode("utf-16", "replace").encode("utf-8", "replace") if packet[:2] in _UTF16 else packet


def _refuse(*_: object) -> None:
    raise XmpRefused("the packet declares a document type")
