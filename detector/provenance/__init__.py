"""What a file says of its own origin: C2PA, IPTC, EXIF, texts of generators, software. Evidence, never a verdict.

Everything but a signature of a signer on the trust list can be written by anybody, and is called forgeable. That a
file says nothing is no evidence of anything, and gives no finding.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from detector.provenance import reader
from detector.provenance.base import Evidence, Kind, Signal, Suggests, Trust, unreadable
from detector.provenance.exif import Exif
from detector.provenance.generator_text import GeneratorText
from detector.provenance.iptc import Iptc
from detector.provenance.manifests import C2pa
from detector.provenance.software import Software
from detector.provenance.source import Source
from detector.provenance.trust import NOBODY, TrustList, TrustListError, load_trust_list

__all__ = [
    "NOBODY",
    "Evidence",
    "Kind",
    "Suggests",
    "Trust",
    "TrustList",
    "TrustListError",
    "examine",
    "load_trust_list",
]
MOST_EVIDENCE = 4
# UTF-8 of all details together: a file must not make what is told of it longer than an event may be.
MOST_DETAILS = 6_000
SHORTENED = {"shortened": True}


def examine(data: bytes, media_type: str, trusted: TrustList = NOBODY) -> list[Evidence]:
    """Evidence in a file of an accepted media type, by kind, at most MOST_EVIDENCE of each. Raises nothing.

    A block that is there but cannot be read is one piece of evidence that says so. `trusted`: whose C2PA signatures
    are believed.
    """
    source = Source(data, media_type)
    signals: list[Signal] = [C2pa(trusted, reader.shared), Iptc(), Exif(), GeneratorText(), Software()]
    found = [evidence for signal in signals for evidence in _guarded(signal, source)]
    told = {evidence.kind for evidence in found}
    found += [unreadable(Kind(kind)) for kind in sorted(source.damaged) if kind not in told]
    return list(_shortened(found))


def _shortened(found: list[Evidence]) -> Iterator[Evidence]:
    """The evidence in its order, without the details for which there is no room any more."""
    room = MOST_DETAILS
    for evidence in found:
        size = len(json.dumps(evidence.details, ensure_ascii=False).encode())
        fits = size <= room
        room -= size if fits else 0
        yield evidence if fits else replace(evidence, details=SHORTENED)


def _guarded(signal: Signal, source: Source) -> list[Evidence]:
    try:
        return list(islice(signal.read(source), MOST_EVIDENCE))
    except Exception:
        return [unreadable(signal.kind)]
