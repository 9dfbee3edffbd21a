"""What an edit is: a function of pixels, a mask and a donor, and nothing outside its mask."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(H, W, 3) RGB."""
Mask = NDArray[np.float32]
"""(H, W), 0 (as it was) .. 1 (edited), soft at its border."""
Operation = Callable[[Pixels, Mask, Pixels, Generator], Pixels]
"""(photograph, mask, donor of the same size, random generator) -> what stands where the mask is 1."""


@dataclass(frozen=True)
class Edited:
    """An edited photograph: pixels, where it was edited, and the operation's name."""

    pixels: Pixels
    mask: Mask
    operation: str


def blend(photograph: Pixels, content: Pixels, mask: Mask) -> Pixels:
    """`content` where the mask is 1, the photograph where it is 0, rounded; exact outside the mask."""
    share = mask[:, :, None]
    mixed = photograph.astype(np.float32) * (1 - share) + content.astype(np.float32) * share
    return as_pixels(np.where(share > 0, np.rint(mixed), photograph))


def clipped(values: NDArray[np.floating]) -> Pixels:
    """Rounded and held within 0..255."""
    return as_pixels(np.clip(np.rint(values), 0, 255))


def as_pixels(values: NDArray[Any]) -> Pixels:
    """Values within 0..255 as bytes."""
    return np.asarray(values, dtype=np.uint8)


def bounds(mask: Mask) -> tuple[int, int, int, int]:
    """(top, left, bottom, right) of what the mask holds, bottom and right excluded. The mask is not empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1
