"""Metadata segments of a JPEG (ITU-T T.81, annex B; Exif, XMP part 3 and Photoshop file formats for their names)."""

from collections.abc import Iterator

from detector.provenance.block import LARGEST, MOST_TEXTS, Blocks

MOST_SEGMENTS = 5_000
COMMENT_KEY = "comment"

_ALONE = {0x01, *range(0xD0, 0xD9)}
_SCAN, _END = 0xDA, 0xD9
_APP1, _APP13, _COMMENT = 0xE1, 0xED, 0xFE
_EXIF = b"Exif\x00\x00"
_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
_PHOTOSHOP = b"Photoshop 3.0\x00"


def blocks(data: bytes) -> Blocks:
    """The first EXIF block and XMP packet, the comments, and Photoshop's resources (in `iim`, as they stand)."""
    found = Blocks()
    for marker, body in _segments(data):
        if marker == _APP1 and body.startswith(_EXIF):
            found.exif = found.exif or body
        elif marker == _APP1 and body.startswith(_XMP):
            found.xmp = found.xmp or body.removeprefix(_XMP)
        elif marker == _APP13 and body.startswith(_PHOTOSHOP) and len(found.iim) < LARGEST:
            found.iim += body.removeprefix(_PHOTOSHOP)
        elif marker == _COMMENT and len(found.texts) < MOST_TEXTS:
            found.texts.append((COMMENT_KEY, body.decode("utf-8", "replace")))
    return found


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, body) of each segment before the first scan."""
    at = 2
    for _ in range(MOST_SEGMENTS):
        if at + 4 > len(data) or data[at] != 0xFF:
            return
        marker = data[at + 1]
        if marker in {_SCAN, _END}:
            return
        if marker in _ALONE or marker == 0xFF:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        yield marker, data[at + 4 : at + 2 + length]
        at += 2 + max(length, 2)
