"""Metadata chunks of a PNG (PNG 3rd edition, sections 11.3.3 and 11.3.4)."""

import zlib
from collections.abc import Iterator

from detector.provenance.block import LARGEST, MOST_TEXTS, Blocks, capped

MOST_CHUNKS = 20_000
LARGEST_TEXT = 1_000_000
_XMP_KEY = "XML:com.adobe.xmp"


def blocks(data: bytes) -> Blocks:
    """EXIF, XMP and texts; of a text that inflates beyond LARGEST_TEXT bytes, its beginning."""
    found = Blocks()
    for name, start, length in _chunks(data):
        if name == b"eXIf":
            found.exif = found.exif or capped(data, start, length)
        elif name in _TEXTS and len(found.texts) < MOST_TEXTS:
            _add_text(found, name, capped(data, start, length))
    return found


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(name, start of the body, length) of each chunk, without a look at its checksum."""
    at = 8
    for _ in range(MOST_CHUNKS):
        name, length = data[at + 4 : at + 8], int.from_bytes(data[at : at + 4], "big")
        if len(name) < 4 or name == b"IEND":
            return
        yield name, at + 8, length
        at += 12 + length


def _add_text(found: Blocks, name: bytes, body: bytes) -> None:
    raw, _, rest = body.partition(b"\x00")
    key = raw[:79].decode("latin-1")
    try:
        text = _TEXTS[name](rest)
    except (zlib.error, ValueError, IndexError):
        found.broken.append(key)
        return
    if key == _XMP_KEY:
        found.xmp = found.xmp or text[:LARGEST]
    else:
        found.texts.append((key, text.decode("utf-8" if name == b"iTXt" else "latin-1", "replace")))


def _plain(rest: bytes) -> bytes:
    return rest


def _compressed(rest: bytes) -> bytes:
    return _inflated(rest[1:])


def _international(rest: bytes) -> bytes:
    _language, _translated, text = rest[2:].split(b"\x00", 2)
    return _inflated(text) if rest[0] else text


def _inflated(packed: bytes) -> bytes:
    return zlib.decompressobj().decompress(packed, LARGEST_TEXT)


_TEXTS = {b"tEXt": _plain, b"zTXt": _compressed, b"iTXt": _international}
