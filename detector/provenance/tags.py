"""EXIF tags out of a TIFF structure (TIFF 6.0, section 2; CIPA DC-008 "Exif", section 4.6), under limits.

Pillow's reader copies every entry that a block declares, and 65,535 entries may all point at the same megabyte. This
one looks at no more than MOST_ENTRIES entries of two directories and copies only the tags that are asked for.
"""

import struct
from typing import Any

DESCRIPTION, MAKE, MODEL, SOFTWARE, PROCESSING = 0x010E, 0x010F, 0x0110, 0x0131, 0x000B
EXPOSURE, F_NUMBER, ISO, FOCAL_LENGTH = 0x829A, 0x829D, 0x8827, 0x920A
LENS_MAKE, LENS, TAKEN, COMMENT = 0xA433, 0xA434, 0x9003, 0x9286
XMP, IIM = 0x02BC, 0x83BB
MOST_ENTRIES = 512
LARGEST_VALUE = 1_000_000

_FIRST = {DESCRIPTION, MAKE, MODEL, SOFTWARE, PROCESSING, XMP, IIM}
_SECOND = {EXPOSURE, F_NUMBER, ISO, FOCAL_LENGTH, LENS_MAKE, LENS, TAKEN, COMMENT}
_SECOND_DIRECTORY = 0x8769
_ORDERS = {b"II*\x00": "<", b"MM\x00*": ">"}
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}
_NUMBERS = {3: "H", 4: "I", 9: "i"}
_RATIOS = {5: "II", 10: "ii"}
_ASCII = 2


def read(block: bytes) -> dict[int, Any]:
    """The wanted tags of a TIFF structure, by number: bytes, a whole number, or a (numerator, denominator).

    Of tags with several numbers, the first. Raises ValueError or struct.error where the structure is broken.
    """
    block = block.removeprefix(b"Exif\x00\x00")
    order = _ORDERS.get(block[:4])
    if order is None:
        raise ValueError("no TIFF structure")
    (start,) = struct.unpack_from(order + "I", block, 4)
    first = _directory(block, order, start, _FIRST | {_SECOND_DIRECTORY})
    second = first.pop(_SECOND_DIRECTORY, None)
    return first | (_directory(block, order, second, _SECOND) if isinstance(second, int) else {})


def _directory(block: bytes, order: str, start: int, wanted: set[int]) -> dict[int, Any]:
    (count,) = struct.unpack_from(order + "H", block, start)
    found: dict[int, Any] = {}
    for at in range(start + 2, start + 2 + 12 * min(count, MOST_ENTRIES), 12):
        tag, kind, values = struct.unpack_from(order + "HHI", block, at)
        if tag in wanted and kind in _SIZES and values:
            found[tag] = _value(block, order, at, kind, values)
    return found


def _value(block: bytes, order: str, at: int, kind: int, values: int) -> Any:
    size = _SIZES[kind] * values
    start = at + 8 if size <= 4 else struct.unpack_from(order + "I", block, at + 8)[0]
    if kind in _NUMBERS:
        return struct.unpack_from(order + _NUMBERS[kind], block, start)[0]
    if kind in _RATIOS:
        return struct.unpack_from(order + _RATIOS[kind], block, start)
    raw = block[start : start + min(size, LARGEST_VALUE)]
    return raw.partition(b"\x00")[0] if kind == _ASCII else raw
