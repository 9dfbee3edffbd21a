"""Small image files with metadata in them, as cameras, programs and generators write it, and as an attacker would."""

import struct
import zlib
from typing import Any

from tests.detector.pictures import encoded, noise

XMP_NAME = b"http://ns.adobe.com/xap/1.0/\x00"
PIXELS = noise(64, 48)
PLAIN = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/tiff": "TIFF", "image/gif": "GIF"}
PLAIN |= {"image/avif": "AVIF", "image/heic": "HEIF", "image/bmp": "BMP"}


def plain(media_type: str, **options: Any) -> bytes:
    """A picture of this type that says nothing of itself."""
    return encoded(PIXELS, PLAIN[media_type], **options)


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(*segments: bytes) -> bytes:
    whole = plain("image/jpeg")
    return whole[:2] + b"".join(segments) + whole[2:]


def jpeg_with(exif: bytes = b"", xmp: bytes = b"", iim: bytes = b"", comment: bytes = b"") -> bytes:
    parts = []
    if exif:
        parts.append(segment(0xE1, b"Exif\x00\x00" + exif))
    if xmp:
        parts.append(segment(0xE1, XMP_NAME + xmp))
    if iim:
        parts.append(segment(0xED, b"Photoshop 3.0\x00" + resource(0x0404, iim)))
    if comment:
        parts.append(segment(0xFE, comment))
    return jpeg(*parts)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*chunks: bytes) -> bytes:
    whole = plain("image/png")
    return whole[:33] + b"".join(chunks) + whole[33:]


def text(key: str, value: str) -> bytes:
    return chunk(b"tEXt", key.encode("latin-1") + b"\x00" + value.encode("latin-1"))


def packed_text(key: str, value: bytes) -> bytes:
    return chunk(b"zTXt", key.encode("latin-1") + b"\x00\x00" + zlib.compress(value, 9))


def international_text(key: str, value: str, *, packed: bool = False) -> bytes:
    body = zlib.compress(value.encode()) if packed else value.encode()
    return chunk(b"iTXt", key.encode("latin-1") + b"\x00" + bytes([packed, 0]) + b"\x00\x00" + body)


def webp_with(name: bytes, body: bytes) -> bytes:
    whole = plain("image/webp")
    extra = name + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2)
    return whole[:4] + struct.pack("<I", len(whole) - 8 + len(extra)) + whole[8:] + extra


def resource(number: int, body: bytes) -> bytes:
    padding = b"\x00" * (len(body) % 2)
    return b"8BIM" + struct.pack(">H", number) + b"\x00\x00" + struct.pack(">I", len(body)) + body + padding


def dataset(number: int, value: str, record: int = 2) -> bytes:
    raw = value.encode()
    return bytes([0x1C, record, number]) + struct.pack(">H", len(raw)) + raw


def packet(properties: str, elements: str = "") -> bytes:
    """An XMP packet with these attributes and elements on its description."""
    spaces = {
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
        "xmp": "http://ns.adobe.com/xap/1.0/",
        "photoshop": "http://ns.adobe.com/photoshop/1.0/",
        "dcterms": "http://purl.org/dc/terms/",
    }
    declared = " ".join(f'xmlns:{name}="{space}"' for name, space in spaces.items())
    return (
        f'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {declared}>'
        f'<rdf:Description rdf:about="" {properties}>{elements}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    ).encode()


Tag = tuple[int, int, bytes | int | tuple[int, int]]
ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 2, 3, 4, 5, 7


def tiff(first: list[Tag], second: list[Tag] | None = None, order: str = "<") -> bytes:
    """A TIFF structure of one directory, and one of exposure tags where they are given."""
    mark = b"II*\x00" if order == "<" else b"MM\x00*"
    entries = [*first, (0x8769, LONG, 0)] if second is not None else first
    size = 8 + 2 + 12 * len(entries) + 4
    body, tail = _directory(entries, size, order)
    if second is not None:
        place = size + len(tail)
        entries[-1] = (0x8769, LONG, place)
        body, tail = _directory(entries, size, order)
        more, rest = _directory(second, place + 2 + 12 * len(second) + 4, order)
        tail += more + rest
    return mark + struct.pack(order + "I", 8) + body + tail


def _directory(entries: list[Tag], tail_at: int, order: str) -> tuple[bytes, bytes]:
    head, tail = struct.pack(order + "H", len(entries)), b""
    for tag, kind, value in entries:
        raw, count = _raw(kind, value, order)
        if len(raw) > 4:
            place = struct.pack(order + "I", tail_at + len(tail))
            tail += raw
        else:
            place = raw.ljust(4, b"\x00")
        head += struct.pack(order + "HHI", tag, kind, count) + place
    return head + b"\x00" * 4, tail


def _raw(kind: int, value: bytes | int | tuple[int, int], order: str) -> tuple[bytes, int]:
    if isinstance(value, bytes):
        return value, len(value)
    if isinstance(value, tuple):
        return struct.pack(order + "II", *value), 1
    return struct.pack(order + ("H" if kind == SHORT else "I"), value), 1


def camera(order: str = "<") -> bytes:
    """What a camera writes: 1/250 s at f/2.8, ISO 400, 35 mm."""
    return tiff(
        [(0x010F, ASCII, b"FUJIFILM\x00"), (0x0110, ASCII, b"X100V\x00")],
        [
            (0x829A, RATIONAL, (1, 250)),
            (0x829D, RATIONAL, (28, 10)),
            (0x8827, SHORT, 400),
            (0x9003, ASCII, b"2024:05:01 10:20:30\x00"),
            (0x920A, RATIONAL, (35, 1)),
            (0xA434, ASCII, b"Fujinon 23mm\x00"),
        ],
        order,
    )
