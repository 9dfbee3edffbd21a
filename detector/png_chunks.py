"""A PNG without the metadata that could keep its pixels from being read.

Pillow refuses a whole file for a text that inflates too far, a wrong checksum of a comment or a truncated density. No
pixel depends on those; what pixels depend on stays, damaged or not.
"""

import zlib

MOST_CHUNKS = 100_000
LARGEST_XMP = 1_000_000
# Transparency, orientation (EXIF, or XMP where it is plain), and animation.
_NEEDED = {b"tRNS", b"eXIf", b"acTL", b"fcTL", b"fdAT"}
_PLAIN_XMP = b"XML:com.adobe.xmp\x00\x00"
_SIGNATURE = 8
_AROUND = 12


def without_metadata(data: bytes) -> bytes:
    """The same PNG without ancillary chunks that no pixel depends on (PNG 3rd edition, section 5.4); `data` if none."""
    kept = [data[:_SIGNATURE]]
    at, dropped = _SIGNATURE, False
    for _ in range(MOST_CHUNKS):
        name, end = data[at + 4 : at + 8], at + _AROUND + int.from_bytes(data[at : at + 4], "big")
        if len(name) < 4 or end > len(data):
            break
        if _is_needed(name, data[at:end]):
            kept.append(data[at:end])
        else:
            dropped = True
        at = end
    return b"".join([*kept, data[at:]]) if dropped else data


def _is_needed(name: bytes, chunk: bytes) -> bool:
    critical = not name[0] & 0x20
    return critical or name in _NEEDED or _is_harmless_xmp(name, chunk)


def _is_harmless_xmp(name: bytes, chunk: bytes) -> bool:
    if name != b"iTXt" or len(chunk) > LARGEST_XMP or not chunk[8:].startswith(_PLAIN_XMP):
        return False
    return zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:], "big")
