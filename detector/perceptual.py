"""Perceptual hashes: 256 bits of a picture's coarse shape, alike for its copies.

The hash is ImageHash's `phash`: the 16 x 16 lowest frequencies of the picture shrunk to 64 x 64, each above or below
their median. It keeps through compression, scaling and small changes of colour, and loses itself where the picture's
frame moves. So a picture is also hashed without the even bars that were put around it, and one that is to be known
again is hashed as its usual crops too.
"""

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

HASH_BITS = 256
HASH_BYTES = HASH_BITS // 8
_SIDE = 16
_ENOUGH = 256  # pixels on the shorter side that are left before the picture is shrunk with care
_ENOUGH_FOR_CROPS = 128  # there are ten of them
_FLAT = 1.0
_BAR_TOLERANCES = (12, 32)  # shades of 256; JPEG leaves ripples on the second
_BAR_WIDEST = 0.35
_BAR_SHARE = 0.35
_EVEN_SHARE = 0.98
_CUT = 0.10
_CROPS = (
    (0.025, 0.025, 0.975, 0.975),
    (0.05, 0.05, 0.95, 0.95),
    (_CUT, 0, 1, 1),
    (0, _CUT, 1, 1),
    (0, 0, 1 - _CUT, 1),
    (0, 0, 1, 1 - _CUT),
    (_CUT, _CUT, 1, 1),
    (0, _CUT, 1 - _CUT, 1),
    (_CUT, 0, 1, 1 - _CUT),
    (0, 0, 1 - _CUT, 1 - _CUT),
)


def phash(picture: Image.Image) -> bytes:
    """The 32 bytes of a grey picture's hash."""
    return np.packbits(imagehash.phash(picture, hash_size=_SIDE).hash).tobytes()


def is_flat(picture: Image.Image) -> bool:
    """Says of a grey picture whether it has too little in it for its hash to mean anything."""
    return float(np.asarray(picture.resize((8, 8), Image.Resampling.BOX)).std()) < _FLAT


def hashes(pixels: NDArray[np.uint8]) -> list[bytes]:
    """The hash of (height, width, 3) RGB pixels, then those without bars if there are any; none of a flat picture."""
    whole = _grey(pixels, _ENOUGH)
    return [phash(one) for one in (whole, *_without_bars(whole)) if not is_flat(one)]


def crops(pixels: NDArray[np.uint8]) -> list[bytes]:
    """The hashes of ten crops: a twentieth and a tenth off around the middle, a tenth off each side and each corner."""
    whole = _grey(pixels, _ENOUGH_FOR_CROPS)
    width, height = whole.size
    cut = [
        whole.crop((round(left * width), round(top * height), round(right * width), round(bottom * height)))
        for left, top, right, bottom in _CROPS
    ]
    return [phash(one) for one in cut if not is_flat(one)]


def _grey(pixels: NDArray[np.uint8], enough: int) -> Image.Image:
    step = max(1, min(pixels.shape[:2]) // (4 * enough))  # of a large picture, every so many pixels are plenty
    picture = Image.fromarray(np.ascontiguousarray(pixels[::step, ::step]))
    shrink = min(picture.size) // enough
    return (picture.reduce(shrink) if shrink > 1 else picture).convert("L")


def _without_bars(picture: Image.Image) -> list[Image.Image]:
    """The picture without bars of one shade, strictly and loosely taken, with or without writing on them."""
    shades = np.asarray(picture).astype(np.int16)
    boxes = {_inside_bars(shades, tolerance): None for tolerance in _BAR_TOLERANCES}
    return [picture.crop(box) for box in boxes if box != (0, 0, *picture.size)]


def _inside_bars(shades: NDArray[np.int16], tolerance: int) -> tuple[int, int, int, int]:
    height, width = shades.shape
    left, right = _bar(shades.T, tolerance), _bar(shades.T[::-1], tolerance)
    return left, _bar(shades, tolerance), width - right, height - _bar(shades[::-1], tolerance)


def _bar(rows: NDArray[np.int16], tolerance: int) -> int:
    """How many of the first rows are a bar: of one shade but for writing, up to the last row that is wholly even."""
    shade = int(np.median(rows[0]))
    share = (np.abs(rows[: int(len(rows) * _BAR_WIDEST)] - shade) <= tolerance).mean(axis=1)
    broken = np.flatnonzero(share < _BAR_SHARE)
    even = np.flatnonzero(share[: broken[0] if len(broken) else len(share)] >= _EVEN_SHARE)
    return int(even[-1]) + 1 if len(even) else 0
