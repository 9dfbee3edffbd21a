"""IPTC's word for how a picture came about: the digital source type of XMP, and the credit of XMP and IIM.

IPTC Photo Metadata Standard 2025.1, "Digital Source Type"; Google marks its generated pictures by the credit too.
"""

from collections.abc import Iterator

from detector.provenance import iim, xmp
from detector.provenance.base import Evidence, Kind, Suggests, Trust, clean, name
from detector.provenance.source import Source
from detector.provenance.vocabulary import program, source_type


class Iptc:
    kind = Kind.IPTC

    def read(self, source: Source) -> Iterator[Evidence]:
        """At most one finding for the source type and one for a credit that names a generator."""
        if stated := source.xmp.get(xmp.SOURCE_TYPE):
            yield _type(stated)
        credit = source.xmp.get(xmp.CREDIT) or source.iim.get(iim.CREDIT, "")
        if program(credit) is Suggests.AI_GENERATED:
            summary = f"The credit line says “{name(credit)}”."
            yield Evidence(self.kind, Trust.FORGEABLE, Suggests.AI_GENERATED, summary, {"credit": clean(credit)})


def _type(stated: str) -> Evidence:
    found = source_type(stated)
    if found is None:
        summary = f"The digital source type is “{name(stated)}”, which IPTC does not list."
        return Evidence(Kind.IPTC, Trust.FORGEABLE, Suggests.NOTHING, summary, {"digital_source_type": clean(stated)})
    code, meaning, suggests = found
    summary = f"The digital source type says: {meaning}."
    return Evidence(Kind.IPTC, Trust.FORGEABLE, suggests, summary, {"digital_source_type": code})
