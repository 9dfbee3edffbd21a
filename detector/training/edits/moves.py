"""Content from elsewhere: copy-move, splice, cut-out on another background, warp."""

import cv2
import numpy as np
from numpy.random import Generator

from detector.training.edits.base import Mask, Pixels, as_pixels, bounds, clipped


def copy_move(photograph: Pixels, mask: Mask, _: Pixels, rng: Generator) -> Pixels:
    """Another part of the photograph: the whole moved, sometimes mirrored, turned or scaled too."""
    height, width = photograph.shape[:2]
    angle, scale = (rng.uniform(-25, 25), rng.uniform(0.75, 1.3)) if rng.random() < 0.4 else (0.0, 1.0)
    top, left, bottom, right = bounds(mask)
    matrix = cv2.getRotationMatrix2D(((left + right) / 2, (top + bottom) / 2), angle, scale)
    matrix[:, 2] += np.array([_shift(rng, right - left, width), _shift(rng, bottom - top, height)])
    source = photograph[:, ::-1] if rng.random() < 0.15 else photograph
    return _warped(np.ascontiguousarray(source), matrix, rng)


def splice(_: Pixels, __: Mask, donor: Pixels, rng: Generator) -> Pixels:
    """Another photograph, moved, turned a little and scaled, or only moved."""
    height, width = donor.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.normal(0, 4), rng.uniform(0.7, 1.6))
    if rng.random() < 0.4:
        matrix = np.array([[1.0, 0, 0], [0, 1, 0]])
    matrix[:, 2] += np.array([rng.integers(-width // 8, width // 8 + 1), rng.integers(-height // 8, height // 8 + 1)])
    return _warped(donor, matrix, rng)


def matched_splice(photograph: Pixels, mask: Mask, donor: Pixels, rng: Generator) -> Pixels:
    """A splice whose mean and spread of colour are those of what it covers."""
    content = splice(photograph, mask, donor, rng).astype(np.float32)
    inside = mask > 0
    covered, given = photograph[inside].astype(np.float32), content[inside]
    strength = rng.uniform(0.5, 1)
    spread = np.clip((covered.std(0) + 1) / (given.std(0) + 1), 0.5, 2)
    matched = (content - given.mean(0)) * spread + covered.mean(0)
    return clipped(content * (1 - strength) + matched * strength)


def warp(photograph: Pixels, mask: Mask, _: Pixels, rng: Generator) -> Pixels:
    """Pixels pulled along a smooth field, as by a liquify brush."""
    height, width = photograph.shape[:2]
    reach = max(1.5, min(height, width) * rng.uniform(0.02, 0.06))
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    pull = cv2.resize(
        rng.normal(0, reach, (4, 4, 2)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    pulled = np.asarray(pull, dtype=np.float32) * mask[:, :, None]
    at = columns + pulled[:, :, 0], rows + pulled[:, :, 1]
    return as_pixels(cv2.remap(photograph, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT))


def _shift(rng: Generator, extent: int, room: int) -> float:
    """A move by 0.3 to 1.5 of the shape's own extent, to either side."""
    return float(round(rng.choice([-1, 1]) * max(2.0, min(extent * rng.uniform(0.3, 1.5), 0.6 * room))))


def _warped(pixels: Pixels, matrix: np.ndarray, rng: Generator) -> Pixels:
    flags = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)[int(rng.integers(3))]
    size = pixels.shape[1], pixels.shape[0]
    return as_pixels(cv2.warpAffine(pixels, matrix, size, flags=flags, borderMode=cv2.BORDER_REFLECT_101))
