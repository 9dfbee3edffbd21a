"""C2PA manifests (C2PA Technical Specification 2.2): who signed what about a picture, and whether it holds.

Only a signer on the trust list is believed. What an active manifest says of the picture that it was made from is no
better than that picture's own manifest: a trusted editor takes in whatever it is given.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from detector.provenance import xmp
from detector.provenance.base import Evidence, Kind, Suggests, Trust, clean, name, unreadable
from detector.provenance.reader import ManifestReader, ReaderDied
from detector.provenance.source import Source
from detector.provenance.trust import TrustList
from detector.provenance.vocabulary import source_type

# Editorial actions of the specification's list; "c2pa.opened" and changes of colour, size or metadata are none.
EDITS = {"c2pa.edited", "c2pa.placed", "c2pa.drawing", "c2pa.removed", "c2pa.deleted", "c2pa.filtered"}
_HARMLESS = {"signingCredential.untrusted", "signingCredential.expired", "claimSignature.outsideValidity"}
_EXPIRED = _HARMLESS - {"signingCredential.untrusted"}
_ABSENT = {"ManifestNotFound"}
_MEANINGS = {
    Suggests.AI_GENERATED: "says that the picture is AI-generated",
    Suggests.EDITED: "says that the picture was edited",
    Suggests.CAMERA: "says that the picture comes from a camera",
    Suggests.NOTHING: "does not say how the picture was made",
}


class C2pa:
    kind = Kind.C2PA

    def __init__(self, trusted: TrustList, reader: ManifestReader) -> None:
        self._trusted = trusted
        self._reader = reader

    def read(self, source: Source) -> Iterator[Evidence]:
        """One finding for the active manifest, one for what its parent says, or one for a manifest kept elsewhere."""
        if b"jumb" in source.data and b"c2pa" in source.data:
            yield from self._embedded(source)
        elif address := source.xmp.get(xmp.MANIFEST):
            yield _elsewhere(address)

    def _embedded(self, source: Source) -> Iterator[Evidence]:
        try:
            said = self._reader.read(source.data, source.media_type, self._trusted.pem)
        except ReaderDied:
            said = {"error": "ReaderDied"}
        if "error" not in said:
            yield _active(said)
            yield from _inherited(said)
        elif said["error"] not in _ABSENT:
            yield unreadable(self.kind)


def _active(said: dict[str, Any]) -> Evidence:
    trust, state = _standing(said)
    holds = trust is not Trust.FORGEABLE
    meant = _meant(said)
    suggests = meant if holds or meant is Suggests.AI_GENERATED else Suggests.NOTHING
    details = {"validation_state": state, **_details(said), "failures": said["failures"][:8]}
    signer = name(said["issuer"] or said["signer"] or "an unnamed signer")
    tail = "" if holds else " It does not belong to the file as it is: the file or the manifest was changed."
    summary = f"A manifest signed by {signer}{_STATES[state]} {_claim(meant, said)}.{tail}"
    return Evidence(Kind.C2PA, trust, suggests, summary, details)


_STATES = {
    "trusted": ", who is on the trust list,",
    "valid": ", who is not on the trust list,",
    "expired": ", whose certificate has expired,",
    "invalid": "",
}


def _standing(said: dict[str, Any]) -> tuple[Trust, str]:
    """How far the active manifest can be trusted, and its state in a word."""
    failures = set(said["failures"])
    if said["state"] == "Trusted" and not failures:
        return Trust.SIGNED, "trusted"
    if said["state"] == "Valid":
        return Trust.SIGNED_UNTRUSTED, "valid"
    if failures and failures <= _HARMLESS:
        return Trust.SIGNED_UNTRUSTED, "expired" if failures & _EXPIRED else "valid"
    return Trust.FORGEABLE, "invalid"


def _meant(said: dict[str, Any]) -> Suggests:
    meanings = {found[2] for value in said["source_types"] if (found := source_type(value))}
    if EDITS & set(said["actions"]):
        meanings.add(Suggests.EDITED)
    order = (Suggests.AI_GENERATED, Suggests.EDITED, Suggests.CAMERA)
    return next((meaning for meaning in order if meaning in meanings), Suggests.NOTHING)


def _claim(meant: Suggests, said: dict[str, Any]) -> str:
    """What the manifest claims, in words; of what suggests nothing, the source type as IPTC explains it."""
    known = [found[1] for value in said["source_types"] if (found := source_type(value))]
    return f"says of the picture: {known[0]}" if meant is Suggests.NOTHING and known else _MEANINGS[meant]


def _inherited(said: dict[str, Any]) -> Iterator[Evidence]:
    """The nearest picture before this one whose manifest says that it was AI-generated; never more than untrusted."""
    for parent in said["parents"]:
        if _meant(parent) is Suggests.AI_GENERATED:
            holds = set(parent["failures"]) <= _HARMLESS
            trust = Trust.SIGNED_UNTRUSTED if holds else Trust.FORGEABLE
            maker = name(parent["generator"] or parent["issuer"] or "an unnamed program")
            summary = f"The manifest of the picture that this one was made from, by {maker}, says: AI-generated."
            yield Evidence(Kind.C2PA, trust, Suggests.AI_GENERATED, summary, {"of_parent": True, **_details(parent)})
            return


def _details(said: dict[str, Any]) -> dict[str, Any]:
    texts = {"claim_generator": "generator", "issuer": "issuer", "signer": "signer", "signed_at": "time"}
    details: dict[str, Any] = {key: clean(said[field]) for key, field in texts.items() if said[field]}
    types = [found[0] for value in said["source_types"] if (found := source_type(value))]
    return details | {"actions": [name(one) for one in said["actions"][:8]], "digital_source_types": types[:8]}


def _elsewhere(address: str) -> Evidence:
    host = name(_host(address) or "an address that cannot be read")
    summary = f"The file says that its C2PA manifest is kept at {host}. It was not fetched."
    return Evidence(Kind.C2PA, Trust.FORGEABLE, Suggests.NOTHING, summary, {"manifest_at": clean(address)})


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
