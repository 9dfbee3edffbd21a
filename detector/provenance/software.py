"""The program that a file says it was made or saved with: EXIF Software, XMP CreatorTool, IIM and a PNG's Software."""

from collections.abc import Iterator

from detector.provenance import iim, tags, xmp
from detector.provenance.base import Evidence, Kind, Suggests, Trust, clean, name
from detector.provenance.source import Source
from detector.provenance.vocabulary import program

MOST_PROGRAMS = 4
_WORDS = {
    Suggests.AI_GENERATED: ", which generates images",
    Suggests.EDITED: ", which edits images; saving in it alone leaves this tag too",
}


class Software:
    kind = Kind.SOFTWARE

    def read(self, source: Source) -> Iterator[Evidence]:
        """One finding for each program that is named, with the places that name it."""
        for given, places in list(_programs(source).items())[:MOST_PROGRAMS]:
            suggests = program(given)
            summary = f"The software is given as {name(given)}{_WORDS.get(suggests, '')}."
            details = {"software": given, "places": places}
            yield Evidence(self.kind, Trust.FORGEABLE, suggests, summary, details)


def _programs(source: Source) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for place, value in _named(source):
        if given := clean(value):
            found.setdefault(given, []).append(place)
    return found


def _named(source: Source) -> Iterator[tuple[str, object]]:
    yield "EXIF Software", source.exif.get(tags.SOFTWARE, b"")
    yield "EXIF ProcessingSoftware", source.exif.get(tags.PROCESSING, b"")
    yield "XMP CreatorTool", source.xmp.get(xmp.CREATOR_TOOL, "")
    version = source.iim.get(iim.PROGRAM_VERSION, "")
    yield "IPTC originating program", f"{source.iim.get(iim.PROGRAM, '')} {version}".strip()
    for key, text in source.blocks.texts:
        if key.lower() == "software":
            yield "PNG Software", text
