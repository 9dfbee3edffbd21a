"""What happens to thumbnails: pictures so small that one pixel counts. Done alike to every class.

Most pass untouched but for a flip, so that the traces of a picture's making, which any change weakens, are learnt;
the others are compressed, shrunk and enlarged again, cropped by a few pixels and enlarged, or blurred.
"""

import io

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageFilter

Picture = Image.Image
_FILTERS = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)
_DEGRADED = 0.35
_QUALITIES = 40, 96
_MOST_CROPPED = 3
_NUDGED = 0.6
_FURTHEST = 2


def thumbnail(picture: Picture, rng: Generator) -> Picture:
    """Mirrored half of the time; in 35 of 100 cases degraded as well."""
    if rng.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return degraded(picture, rng) if rng.random() < _DEGRADED else picture


def nudged(picture: Picture, rng: Generator) -> Picture:
    """Mirrored half of the time; in six of ten cases moved by up to two pixels each way, the edge reflected inwards."""
    if rng.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if rng.random() >= _NUDGED:
        return picture
    top, left = rng.integers(0, 2 * _FURTHEST + 1, 2).tolist()
    padded = np.pad(np.asarray(picture), ((_FURTHEST, _FURTHEST), (_FURTHEST, _FURTHEST), (0, 0)), mode="reflect")
    return Image.fromarray(padded[top : top + picture.height, left : left + picture.width])


def degraded(picture: Picture, rng: Generator) -> Picture:
    """One of: JPEG, WebP, rescaled, cropped, blurred, or rescaled or cropped and then JPEG."""
    chance = rng.random()
    if chance < 0.45:
        return _encoded(picture, "JPEG" if chance < 0.35 else "WEBP", rng)
    if chance < 0.65:
        return rescaled(picture, rng)
    if chance < 0.85:
        return cropped(picture, rng)
    if chance < 0.92:
        return picture.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.0))))
    moved = rescaled(picture, rng) if rng.random() < 0.5 else cropped(picture, rng)
    return _encoded(moved, "JPEG", rng)


def rescaled(picture: Picture, rng: Generator) -> Picture:
    """Shrunk to between half and nearly all of each side by one of three filters, and enlarged by one of them."""
    share = rng.uniform(0.5, 1.0)
    small = max(8, round(picture.width * share)), max(8, round(picture.height * share))
    return picture.resize(small, _filter(rng)).resize(picture.size, _filter(rng))


def cropped(picture: Picture, rng: Generator) -> Picture:
    """Without one pixel on each side in half of the cases, else without none to three of each; enlarged again."""
    left, top, right, bottom = rng.integers(0, _MOST_CROPPED + 1, 4).tolist() if rng.random() < 0.5 else (1, 1, 1, 1)
    box = left, top, picture.width - right, picture.height - bottom
    return picture.crop(box).resize(picture.size, _filter(rng))


def _filter(rng: Generator) -> Image.Resampling:
    return _FILTERS[int(rng.integers(len(_FILTERS)))]


def _encoded(picture: Picture, kind: str, rng: Generator) -> Picture:
    buffer = io.BytesIO()
    fast = {"method": 0} if kind == "WEBP" else {}
    picture.save(buffer, kind, quality=int(rng.integers(*_QUALITIES)), **fast)
    with Image.open(buffer, formats=[kind]) as encoded:
        return encoded.convert("RGB")
