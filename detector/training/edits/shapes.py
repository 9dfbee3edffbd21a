"""Random shapes as masks: ellipses, polygons, blobs, strokes, boxes and horizons, hard or soft at the border."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from detector.training.edits.base import Mask

Size = tuple[int, int]
Canvas = NDArray[np.uint8]
_LEAST, _MOST = 0.12, 0.75


def random_mask(size: Size, rng: Generator) -> Mask:
    """A mask (H, W) of one shape that holds at least one whole pixel and never all of them, where there are two."""
    canvas = np.zeros(size, np.uint8)
    _SHAPES[int(rng.integers(len(_SHAPES)))](canvas, rng)
    if not canvas.any() or (canvas.all() and canvas.size > 1):
        canvas = _one_pixel(size, rng)
    return _softened(canvas, rng)


def ellipse(canvas: Canvas, rng: Generator) -> None:
    """An ellipse of any direction."""
    axes = _extent(canvas, rng)
    cv2.ellipse(canvas, _centre(canvas, rng), axes, float(rng.uniform(0, 180)), 0, 360, 1, cv2.FILLED)


def box(canvas: Canvas, rng: Generator) -> None:
    """A turned rectangle."""
    (x, y), (wide, high) = _centre(canvas, rng), _extent(canvas, rng)
    corners = cv2.boxPoints(((x, y), (2 * wide, 2 * high), float(rng.choice([0, rng.uniform(0, 90)]))))
    cv2.fillPoly(canvas, [np.rint(corners).astype(np.int32)], 1)


def polygon(canvas: Canvas, rng: Generator) -> None:
    """A star-shaped polygon of 5 to 12 corners."""
    _fill(canvas, rng, np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(5, 13)))), rough=0.6)


def blob(canvas: Canvas, rng: Generator) -> None:
    """A smooth outline: a circle whose radius swings by three waves."""
    _fill(canvas, rng, np.linspace(0, 2 * np.pi, 48, endpoint=False), rough=0.0)


def stroke(canvas: Canvas, rng: Generator) -> None:
    """A brush stroke of three to six joints."""
    side = min(canvas.shape)
    points = np.column_stack(_walk(canvas, rng))
    width = max(1, round(side * rng.uniform(0.04, 0.14)))
    cv2.polylines(canvas, [np.rint(points).astype(np.int32)], False, 1, width)


def horizon(canvas: Canvas, rng: Generator) -> None:
    """All above or below an uneven line: a sky, a sea, a road."""
    height, width = canvas.shape
    across = np.linspace(0, 2 * np.pi, width)
    waves = sum(rng.normal() / (1 + n) * np.sin(n * across + rng.uniform(0, 6.3)) for n in range(1, 5))
    line = height * (rng.uniform(0.25, 0.75) + 0.06 * waves)
    above = np.arange(height)[:, None] < line[None, :]
    canvas[above if rng.random() < 0.5 else ~above] = 1


def _walk(canvas: Canvas, rng: Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    count, reach = int(rng.integers(3, 7)), 0.25 * min(canvas.shape)
    x, y = _centre(canvas, rng)
    return x + np.cumsum(rng.normal(0, reach, count)), y + np.cumsum(rng.normal(0, reach, count))


def _fill(canvas: Canvas, rng: Generator, angles: NDArray[np.float64], rough: float) -> None:
    (x, y), (wide, high) = _centre(canvas, rng), _extent(canvas, rng)
    swing = sum(rng.uniform(-0.25, 0.25) * np.sin(n * angles + rng.uniform(0, 6.3)) for n in (2, 3, 5))
    radius = (1 + swing) * rng.uniform(1 - rough, 1, len(angles))
    outline = np.column_stack([x + wide * radius * np.cos(angles), y + high * radius * np.sin(angles)])
    cv2.fillPoly(canvas, [np.rint(outline).astype(np.int32)], 1)


def _centre(canvas: Canvas, rng: Generator) -> tuple[int, int]:
    height, width = canvas.shape
    return int(rng.uniform(0.1, 0.9) * width), int(rng.uniform(0.1, 0.9) * height)


def _extent(canvas: Canvas, rng: Generator) -> tuple[int, int]:
    """Half-axes; small ones as often as large ones."""
    half = min(canvas.shape) / 2 * np.exp(rng.uniform(np.log(_LEAST), np.log(_MOST)))
    stretch = np.exp(rng.uniform(-0.5, 0.5))
    return max(1, round(half * stretch)), max(1, round(half / stretch))


def _one_pixel(size: Size, rng: Generator) -> Canvas:
    canvas = np.zeros(size, np.uint8)
    canvas[int(rng.integers(size[0])), int(rng.integers(size[1]))] = 1
    return canvas


def _softened(canvas: Canvas, rng: Generator) -> Mask:
    """Soft inwards only, so that the shape's own bounds stay; at least its innermost pixel stays whole."""
    width = int(rng.choice([0, 1, 2, 4, 8]))
    if width == 0:
        return canvas.astype(np.float32)
    depth = cv2.distanceTransform(np.pad(canvas, 1, mode="edge"), cv2.DIST_L2, 3)[1:-1, 1:-1]
    deepest = float(depth[canvas > 0].max())
    soft = np.clip(depth / min(width + 1, deepest), 0, 1)
    return np.asarray(soft * canvas, dtype=np.float32)


_SHAPES: tuple[Callable[[Canvas, Generator], None], ...] = (ellipse, box, polygon, blob, blob, stroke, horizon)
