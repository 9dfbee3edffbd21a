"""Face boxes by OpenCV's Haar cascade `frontalface_alt2`, and the square that a face model sees.

Faces are searched on the image shrunk to at most 640 pixels on its longer side, from 48 pixels there upwards, so from
about a thirteenth of the longer side. At most 32 faces of an image are kept, the largest ones.
"""

import threading
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.results import Box
from detector.shrink import shrink

_SEARCH_SIDE = 640
_LEAST_FACE = 48
_MOST_FACES = 32
_SCALE_STEP = 1.1
_NEIGHBOURS = 5
_CASCADE = "haarcascade_frontalface_alt2.xml"
_per_thread = threading.local()


def find_faces(pixels: NDArray[np.uint8]) -> list[Box]:
    """Boxes of the faces in (H, W, 3) uint8 RGB, in its pixels and inside it, largest first. May run in any thread."""
    height, width = pixels.shape[:2]
    scale = min(1.0, _SEARCH_SIDE / max(height, width))
    grey = _search_image(pixels, scale)
    found = _cascade().detectMultiScale(
        grey, scaleFactor=_SCALE_STEP, minNeighbors=_NEIGHBOURS, minSize=(_LEAST_FACE, _LEAST_FACE)
    )
    boxes = [_to_original(box, scale, width, height) for box in np.reshape(found, (-1, 4)).tolist()]
    return sorted(boxes, key=_largest_first)[:_MOST_FACES]


def face_square(box: Box, margin: float) -> Box:
    """The square about a face box's centre, its side the box's longer side and `margin` of it on each side.

    It may reach over the image's edge.
    """
    side = round(max(box.width, box.height) * (1 + 2 * margin))
    return Box(box.x + (box.width - side) // 2, box.y + (box.height - side) // 2, side, side)


def cut(pixels: NDArray[np.uint8], region: Box) -> NDArray[np.uint8]:
    """The region's pixels, (height, width, 3) uint8. What lies over the edge repeats the edge's pixels."""
    height, width = pixels.shape[:2]
    left, top = max(region.x, 0), max(region.y, 0)
    right, bottom = min(region.x + region.width, width), min(region.y + region.height, height)
    inside = pixels[top:bottom, left:right]
    over = ((top - region.y, region.y + region.height - bottom), (left - region.x, region.x + region.width - right))
    return np.pad(inside, (*over, (0, 0)), mode="edge") if np.any(over) else inside


def _search_image(pixels: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(shrink(pixels, *size), size, interpolation=cv2.INTER_AREA) if scale < 1 else pixels
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _cascade() -> cv2.CascadeClassifier:
    if not hasattr(_per_thread, "cascade"):
        _per_thread.cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / _CASCADE))
    cascade: cv2.CascadeClassifier = _per_thread.cascade
    return cascade


def _to_original(box: list[int], scale: float, width: int, height: int) -> Box:
    left, top, wide, high = (value / scale for value in box)
    x, y = min(round(left), width - 1), min(round(top), height - 1)
    return Box(x, y, min(round(wide), width - x), min(round(high), height - y))


def _largest_first(box: Box) -> tuple[int, int, int]:
    return (-box.width * box.height, box.x, box.y)
