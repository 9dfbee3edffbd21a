"""Where metadata stands in a file: blocks of bytes, found by walking the container and copied under limits."""

import io
from collections.abc import Callable

from PIL import Image

from detector.provenance import iim, jpeg, png, tags
from detector.provenance.block import LARGEST, Blocks, capped

_PLUGINS = {"image/avif": "AVIF", "image/heic": "HEIF"}


def blocks_of(data: bytes, media_type: str) -> Blocks:
    """The metadata blocks of a file of an accepted media type; empty ones where it has none or is broken."""
    try:
        return _WALKERS[media_type](data) if media_type in _WALKERS else _by_pillow(data, media_type)
    except Exception:
        return Blocks()


def _webp(data: bytes) -> Blocks:
    """RIFF chunks of a WebP (RFC 9649, section 2.7)."""
    found = Blocks()
    at = 12
    for _ in range(1_000):
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name == b"EXIF":
            found.exif = capped(data, at + 8, length)
        elif name == b"XMP ":
            found.xmp = capped(data, at + 8, length)
        at += 8 + length + length % 2
        if at >= len(data):
            break
    return found


def _tiff(data: bytes) -> Blocks:
    found = tags.read(data)
    own = {tag: value for tag, value in found.items() if isinstance(value, bytes)}
    return Blocks(exif=data, xmp=own.get(tags.XMP, b""), iim=own.get(tags.IIM, b""))


def _jpeg(data: bytes) -> Blocks:
    found = jpeg.blocks(data)
    found.iim = iim.of_photoshop(found.iim)
    return found


def _by_pillow(data: bytes, media_type: str) -> Blocks:
    """Containers that Pillow and pillow-heif walk without decoding a pixel."""
    plugin = _PLUGINS.get(media_type)
    if plugin is None:
        return Blocks()
    with Image.open(io.BytesIO(data), formats=[plugin]) as image:
        held = {name: image.info.get(name) for name in ("exif", "xmp")}
    own = {name: value[:LARGEST] for name, value in held.items() if isinstance(value, bytes)}
    return Blocks(exif=own.get("exif", b""), xmp=own.get("xmp", b""))


_WALKERS: dict[str, Callable[[bytes], Blocks]] = {
    "image/jpeg": _jpeg,
    "image/png": png.blocks,
    "image/webp": _webp,
    "image/tiff": _tiff,
}
