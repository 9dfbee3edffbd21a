"""A cheap first step from a camera's picture to a network's input: averages over whole boxes of pixels."""

import cv2
import numpy as np
from numpy.typing import NDArray


def shrink(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 -> the same view in fewer pixels, at least `width` x `height` of them where it has as many.

    Each pixel is the mean of a box whose sides divide the picture's, so nothing is cut off and nothing moves; where no
    box fits, the pixels come back as they are.
    """
    down, across = _divisor(pixels.shape[0], height), _divisor(pixels.shape[1], width)
    if down == across == 1:
        return pixels
    size = pixels.shape[1] // across, pixels.shape[0] // down
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _divisor(length: int, least: int) -> int:
    """The largest whole number by which `length` can be divided without falling below `least`."""
    return next(number for number in range(max(length // max(least, 1), 1), 0, -1) if length % number == 0)
