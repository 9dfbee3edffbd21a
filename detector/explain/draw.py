"""Heatmaps as pictures that lie exactly on the upright original."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detector.results import Box, Heatmap

_STOPS = ("1b1147", "6a1c81", "c23b75", "f4835a", "fdd67c", "fcfdd0")


def heatmap_png(heatmap: Heatmap, max_side: int = 1600) -> bytes:
    """RGBA PNG of the upright image's size, or `max_side` pixels on its longer side where that is more.

    Opaque over the heatmap's region, transparent outside it; dark violet is little influence, pale yellow much.
    """
    influence, inside = _spread(heatmap, _drawn_size(heatmap.size, max_side))
    alpha = np.where(inside, np.uint8(255), np.uint8(0))
    return _png(np.dstack([COLOURS[influence], alpha]))


def overlay_png(pixels: NDArray[np.uint8], heatmap: Heatmap, opacity: float = 0.55, max_side: int = 1600) -> bytes:
    """RGB PNG of the same size: the upright image (H, W, 3) uint8 with the heatmap over it at `opacity` (0..1).

    Raises ValueError when the image is not of the size that the heatmap belongs to.
    """
    if (pixels.shape[1], pixels.shape[0]) != heatmap.size:
        raise ValueError(f"the image is {pixels.shape[1]} x {pixels.shape[0]}, the heatmap belongs to {heatmap.size}")
    size = _drawn_size(heatmap.size, max_side)
    image = Image.fromarray(pixels)
    under = np.asarray(image if image.size == size else image.resize(size, reducing_gap=2.0), dtype=np.float32)
    influence, inside = _spread(heatmap, size)
    share = np.where(inside, np.float32(opacity), np.float32(0))[:, :, None]
    return _png(np.rint(under * (1 - share) + COLOURS[influence] * share).astype(np.uint8))


def _drawn_size(size: tuple[int, int], max_side: int) -> tuple[int, int]:
    scale = min(1.0, max_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _spread(heatmap: Heatmap, drawn: tuple[int, int]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Influence (H, W) uint8, bilinear between the cells' centres, and which pixels' centres the region holds."""
    region = heatmap.region
    rows, in_rows = _axis(heatmap.values.shape[0], region.y, region.height, heatmap.size[1], drawn[1])
    columns, in_columns = _axis(heatmap.values.shape[1], region.x, region.width, heatmap.size[0], drawn[0])
    influence = rows @ heatmap.values.astype(np.float32) @ columns.T
    return np.rint(influence).astype(np.uint8), np.outer(in_rows, in_columns)


def _axis(
    cells: int, start: int, length: int, original: int, drawn: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Weights (drawn, cells) of each cell in each drawn pixel along one axis, and which pixels lie in the region."""
    centres = (np.arange(drawn) + 0.5) * original / drawn
    inside = (centres >= start) & (centres < start + length)
    position = np.clip((centres - start) / length * cells - 0.5, 0, cells - 1)
    weights = np.maximum(0, 1 - np.abs(position[:, None] - np.arange(cells)[None, :]))
    return weights.astype(np.float32), inside


def _colours() -> NDArray[np.uint8]:
    stops = np.array([list(bytes.fromhex(stop)) for stop in _STOPS], dtype=np.float64)
    at = np.linspace(0, len(_STOPS) - 1, 256)
    channels = [np.interp(at, np.arange(len(_STOPS)), stops[:, channel]) for channel in range(3)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


COLOURS = _colours()
"""(256, 3) uint8 RGB: the colour of each influence."""


def whole(size: tuple[int, int]) -> Box:
    """The region of a heatmap that covers all of an upright image of (width, height)."""
    return Box(0, 0, *size)
