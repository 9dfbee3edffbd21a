"""The spectrum shows where the frequencies are, the residual what a smooth picture would not have."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from detector.explain.frequency import residual_png, spectrum_png
from tests.detector.pictures import noise


def grey(png: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(png)) as image:
        assert (image.format, image.mode) == ("PNG", "L")
        return np.asarray(image)


def stripes(width: int, height: int, period: int) -> NDArray[np.uint8]:
    """Vertical stripes, one cycle every `period` pixels."""
    line = 128 + 100 * np.cos(2 * np.pi * np.arange(width) / period)
    return np.broadcast_to(line[None, :, None], (height, width, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    ("size", "side"), [((64, 48), 48), ((512, 512), 512), ((1300, 900), 512), ((3000, 40), 40), ((1, 9), 1)]
)
def test_a_spectrum_is_square_and_at_most_512_pixels(size: tuple[int, int], side: int) -> None:
    assert grey(spectrum_png(noise(*size))).shape == (side, side)


@pytest.mark.parametrize(("width", "height"), [(128, 128), (1300, 700)])
def test_stripes_are_two_points_at_their_frequency_whatever_the_size(width: int, height: int) -> None:
    spectrum = grey(spectrum_png(stripes(width, height, 8)))
    side = len(spectrum)
    middle, away = side // 2, side // 8
    brightest = {tuple(place) for place in np.argwhere(spectrum == spectrum.max())}
    assert {(middle, middle - away), (middle, middle + away)} <= brightest
    assert all(abs(row - middle) <= 1 and abs(abs(column - middle) - away) <= 1 for row, column in brightest)


def test_the_residual_is_where_the_picture_is_not_smooth() -> None:
    pixels = np.full((60, 90, 3), 90, dtype=np.uint8)
    pixels[20, 30] = (150, 150, 150)
    residual = grey(residual_png(pixels))
    assert residual.shape == (60, 90)
    assert np.argwhere(residual).tolist() == [[20, 30]]
    assert residual[20, 30] == 255


def test_faint_grain_is_not_blown_up_to_white() -> None:
    pixels = np.full((40, 40, 3), 90, dtype=np.uint8)
    pixels[::4, ::4] += 1
    assert grey(residual_png(pixels)).max() == 64


def test_a_large_residual_is_1600_pixels_long_and_keeps_its_places() -> None:
    pixels = np.full((400, 3200, 3), 90, dtype=np.uint8)
    rng = np.random.default_rng(0)
    pixels[100:200, 2000:2200] = rng.integers(0, 256, (100, 200, 3))
    residual = grey(residual_png(pixels))
    assert residual.shape == (200, 1600)
    assert residual[52:98, 1002:1098].mean() > 100
    residual = residual.copy()
    residual[49:101, 999:1101] = 0
    assert residual.max() == 0


@pytest.mark.parametrize("draw", [spectrum_png, residual_png])
def test_a_picture_of_one_colour_is_black_and_drawing_changes_nothing(draw: object) -> None:
    pixels = np.full((50, 40, 3), 200, dtype=np.uint8)
    pixels.setflags(write=False)
    assert callable(draw)
    assert grey(draw(pixels)).max() == 0
    assert (pixels == 200).all()
