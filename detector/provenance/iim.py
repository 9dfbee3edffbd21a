"""IPTC-IIM datasets (IIM 4.2, section 1.5): what picture desks wrote before XMP, and many programs still write."""

import struct

PROGRAM, PROGRAM_VERSION, CREDIT = 65, 70, 110
MOST_DATASETS = 1_000

_APPLICATION_RECORD = 2
_MARKER = 0x1C
_EXTENDED = 0x8000


def read(block: bytes) -> dict[int, str]:
    """Datasets of the application record by number, the first of each. Ends where the structure does."""
    found: dict[int, str] = {}
    at = 0
    for _ in range(MOST_DATASETS):
        if at + 5 > len(block) or block[at] != _MARKER:
            break
        record, number, length = struct.unpack_from(">BBH", block, at + 1)
        if length & _EXTENDED:
            break
        if record == _APPLICATION_RECORD:
            found.setdefault(number, block[at + 5 : at + 5 + length].decode("utf-8", "replace"))
        at += 5 + length
    return found


def of_photoshop(block: bytes) -> bytes:
    """The IIM block among Photoshop's image resources (resource 0x0404), or nothing."""
    at = 0
    while block[at : at + 4] == b"8BIM" and at + 12 <= len(block):
        (number,) = struct.unpack_from(">H", block, at + 4)
        name = 1 + block[at + 6]
        sized = at + 6 + name + name % 2
        if sized + 4 > len(block):
            break
        (length,) = struct.unpack_from(">I", block, sized)
        if number == 0x0404:
            return block[sized + 4 : sized + 4 + length]
        at = sized + 4 + length + length % 2
    return b""
