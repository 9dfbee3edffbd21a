"""What happens to a picture and its mask on their way: alike for authentic and edited ones, so that neither betrays it.

Scale, crop, mirror, brightness, blur and compression. Nothing is enlarged to the network's size: a crop stays as it is.
"""

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image

from detector.training.augmentation import blur, brightness, compress, jpeg
from detector.training.edits.base import Mask, Pixels

_PACK_QUALITY = 85
_TRIES = 6
_KEPT = 0.5


def travelled(pixels: Pixels, mask: Mask, side: int, rng: Generator, encode: bool) -> tuple[Pixels, Mask]:
    """A square crop of `side` of picture and mask, after the way of the world; encoded anew always or half of it."""
    if rng.random() < 0.5:
        pixels, mask = scaled(pixels, mask, side, rng)
    pixels, mask = cropped(*_at_least(pixels, mask, side), side, rng)
    if rng.random() < 0.5:
        pixels, mask = pixels[:, ::-1], mask[:, ::-1]
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    if rng.random() < 0.5:
        picture = brightness(picture, rng)
    if rng.random() < 0.06:
        picture = blur(picture, rng)
    if encode or rng.random() < 0.5:
        picture = jpeg(picture, _PACK_QUALITY) if rng.random() < 0.4 else jpeg(picture, int(rng.integers(60, 97)))
    elif rng.random() < 0.1:
        picture = compress(picture, rng)
    return np.asarray(picture), np.ascontiguousarray(mask)


def scaled(pixels: Pixels, mask: Mask, side: int, rng: Generator) -> tuple[Pixels, Mask]:
    """Shrunk to 65 % at most, or enlarged to 130 %, but not below `side`."""
    least = min(1.0, side / min(mask.shape))
    factor = rng.uniform(max(0.65, least), 1.0) if rng.random() < 0.75 else rng.uniform(1.0, 1.3)
    size = round(mask.shape[1] * factor), round(mask.shape[0] * factor)
    filters = (Image.Resampling.BICUBIC, Image.Resampling.LANCZOS, Image.Resampling.BILINEAR)
    picture = Image.fromarray(pixels).resize(size, filters[int(rng.integers(3))])
    return np.asarray(picture), _resized(mask, size)


def cropped(pixels: Pixels, mask: Mask, side: int, rng: Generator) -> tuple[Pixels, Mask]:
    """A random square; of six the first that keeps half of the mask, or the one that keeps the most."""
    height, width = mask.shape
    corners = [(int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))) for _ in range(_TRIES)]
    kept = [float(mask[y : y + side, x : x + side].sum()) for y, x in corners]
    enough = [number for number, part in enumerate(kept) if part >= _KEPT * float(mask.sum())]
    y, x = corners[enough[0] if enough else int(np.argmax(kept))]
    return pixels[y : y + side, x : x + side], mask[y : y + side, x : x + side]


def _at_least(pixels: Pixels, mask: Mask, side: int) -> tuple[Pixels, Mask]:
    """Enlarged so that a square of `side` fits, where it does not."""
    if min(mask.shape) >= side:
        return pixels, mask
    factor = side / min(mask.shape)
    size = max(side, round(mask.shape[1] * factor)), max(side, round(mask.shape[0] * factor))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)), _resized(mask, size)


def _resized(mask: Mask, size: tuple[int, int]) -> Mask:
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
