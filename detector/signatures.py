"""Which kind of image some bytes are, and how large, read from their first bytes alone."""

import struct

_ISO_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"hevc": "image/heic",
    b"hevx": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
}
_PREFIXES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"II+\x00": "image/tiff",
    b"MM\x00+": "image/tiff",
    b"BM": "image/bmp",
}


def media_type(data: bytes) -> str | None:
    """Media type of an accepted image by its content, or None. An MPO is a JPEG with more JPEGs behind it."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return _iso_media_type(data)
    return next((kind for prefix, kind in _PREFIXES.items() if data.startswith(prefix)), None)


def _iso_media_type(data: bytes) -> str | None:
    (length,) = struct.unpack(">I", data[:4])
    brands = [data[8:12]] + [data[at : at + 4] for at in range(16, min(length, 128), 4)]
    kinds = [_ISO_BRANDS[brand] for brand in brands if brand in _ISO_BRANDS]
    return "image/avif" if "image/avif" in kinds else next(iter(kinds), None)


def webp_size(data: bytes) -> tuple[int, int] | None:
    """(width, height) that a WebP's header declares, or None where it declares none that is understood.

    Pillow's decoder reserves the whole canvas when it opens a file, so this has to be known before.
    """
    chunk, body = data[12:16], data[20:30]
    if len(body) < 10:
        return None
    if chunk == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    return None
