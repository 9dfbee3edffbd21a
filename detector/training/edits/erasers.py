"""Removal: the mask's inside is made up from its surroundings, as object erasers do."""

import cv2
import numpy as np
from numpy.random import Generator

from detector.training.edits.base import Mask, Pixels, bounds, clipped

_WORKING_SIDE = 128


def inpaint_telea(photograph: Pixels, mask: Mask, _: Pixels, rng: Generator) -> Pixels:
    """Fast marching (Telea 2004)."""
    return _inpainted(photograph, mask, cv2.INPAINT_TELEA, rng)


def inpaint_fluid(photograph: Pixels, mask: Mask, _: Pixels, rng: Generator) -> Pixels:
    """Navier-Stokes (Bertalmio et al. 2001)."""
    return _inpainted(photograph, mask, cv2.INPAINT_NS, rng)


def membrane(photograph: Pixels, mask: Mask, _: Pixels, rng: Generator) -> Pixels:
    """A smooth surface through the border's colours, with noise or with the photograph's own grain on it."""
    inside = (mask > 0).astype(np.float32)
    filled = photograph.astype(np.float32) * (1 - inside[:, :, None])
    surface, weight = np.zeros_like(filled), np.zeros_like(inside)
    for sigma in (3, 9, 27):
        share = cv2.GaussianBlur(1 - inside, (0, 0), sigma)
        near = cv2.GaussianBlur(filled, (0, 0), sigma) / (share[:, :, None] + 1e-4)
        use = share * (1 - weight)
        surface, weight = surface + near * use[:, :, None], weight + use
    surface /= weight[:, :, None] + 1e-4
    return clipped(surface + _grain(photograph, rng))


def patches(photograph: Pixels, mask: Mask, _: Pixels, rng: Generator) -> Pixels:
    """Square patches from outside the mask, laid one over another with feathered borders."""
    height, width = photograph.shape[:2]
    side = min(max(2, round(min(height, width) * rng.uniform(0.06, 0.14))), height, width)
    top, left, bottom, right = bounds(mask)
    content = membrane(photograph, mask, photograph, rng).astype(np.float32)
    feather = np.minimum.outer(np.hanning(side + 2)[1:-1], np.hanning(side + 2)[1:-1])[:, :, None]
    step = max(1, side // 2)
    for y in range(min(top, height - side), min(bottom, height - side + 1), step):
        for x in range(min(left, width - side), min(right, width - side + 1), step):
            place = content[y : y + side, x : x + side]
            found = _nearest_patch(photograph, mask, place, side, rng)
            content[y : y + side, x : x + side] = place * (1 - feather) + found * feather
    return clipped(content)


def _inpainted(photograph: Pixels, mask: Mask, method: int, rng: Generator) -> Pixels:
    """Filled at half size or less, which is what makes large holes affordable, and enlarged."""
    height, width = photograph.shape[:2]
    scale = min(1.0, _WORKING_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(photograph, size, interpolation=cv2.INTER_AREA)
    hole = (cv2.resize((mask > 0).astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0).astype(np.uint8)
    filled = cv2.inpaint(small, hole, 3, method)
    large = cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC)
    return clipped(large.astype(np.float32) + _grain(photograph, rng))


def _grain(photograph: Pixels, rng: Generator) -> np.ndarray:
    """Nothing, white noise, or the photograph's own finest detail moved elsewhere."""
    kind = rng.integers(3)
    if kind == 0:
        return np.zeros(photograph.shape, np.float32)
    if kind == 1:
        return rng.normal(0, rng.uniform(1, 6), photograph.shape).astype(np.float32)
    detail = photograph.astype(np.float32) - cv2.GaussianBlur(photograph, (0, 0), 1.5).astype(np.float32)
    return np.roll(detail, (int(rng.integers(1, 64)), int(rng.integers(1, 64))), (0, 1))


def _nearest_patch(photograph: Pixels, mask: Mask, place: np.ndarray, side: int, rng: Generator) -> np.ndarray:
    """Of twelve patches that lie farthest outside the mask by chance, the one most like the place."""
    height, width = mask.shape
    corners = zip(rng.integers(0, height - side + 1, 12), rng.integers(0, width - side + 1, 12), strict=True)
    found = [(mask[y : y + side, x : x + side].mean(), photograph[y : y + side, x : x + side]) for y, x in corners]
    outside = [patch for share, patch in found if share == 0] or [patch for _, patch in found]
    return min(outside, key=lambda patch: float(np.abs(patch - place).mean()))
