"""Shrinking averages whole boxes, and neither cuts nor moves anything."""

import numpy as np
import pytest

from detector.shrink import shrink


def test_each_pixel_is_the_mean_of_its_box() -> None:
    pixels = np.zeros((4, 6, 3), dtype=np.uint8)
    pixels[:2, :3] = 60
    pixels[0, 0] = 0

    small = shrink(pixels, 2, 2)

    assert small.shape == (2, 2, 3)
    assert small[0, 0].tolist() == [50, 50, 50]
    assert small[1, 1].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("size", "least", "expected"),
    [
        ((3000, 4000), (448, 448), (500, 500)),
        ((3024, 4032), (448, 448), (504, 448)),
        ((480, 640), (480, 640), (480, 640)),
        ((100, 100), (448, 448), (100, 100)),
        ((997, 4000), (100, 100), (997, 100)),
        ((1, 1), (1, 1), (1, 1)),
    ],
)
def test_result_keeps_at_least_the_pixels_asked_for(
    size: tuple[int, int], least: tuple[int, int], expected: tuple[int, int]
) -> None:
    pixels = np.full((*size, 3), 7, dtype=np.uint8)

    small = shrink(pixels, least[1], least[0])

    assert small.shape == (*expected, 3)
    assert small.min() == small.max() == 7


def test_picture_that_is_small_enough_comes_back_untouched() -> None:
    pixels = np.arange(256 * 256 * 3, dtype=np.uint32).astype(np.uint8).reshape(256, 256, 3)

    assert shrink(pixels, 448, 448) is pixels
