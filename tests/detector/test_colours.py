"""The one rule by which every mode becomes RGB."""

import numpy as np
import pytest
from PIL import Image

from detector.colours import to_rgb
from detector.images import read
from tests.detector.pictures import encoded

SIZE = (40, 40)


def first_pixel(data: bytes) -> list[int]:
    colours: list[int] = read(data).pixels[0, 0].tolist()
    return colours


@pytest.mark.parametrize(("alpha", "expected"), [(0, [255, 255, 255]), (255, [200, 0, 0]), (51, [244, 204, 204])])
def test_alpha_lies_on_white(alpha: int, expected: list[int]) -> None:
    assert first_pixel(encoded(Image.new("RGBA", SIZE, (200, 0, 0, alpha)), "PNG")) == pytest.approx(expected, abs=1)


def test_grey_with_alpha_lies_on_white() -> None:
    assert first_pixel(encoded(Image.new("LA", SIZE, (0, 0)), "PNG")) == [255, 255, 255]
    assert first_pixel(encoded(Image.new("LA", SIZE, (10, 255)), "PNG")) == [10, 10, 10]


def test_a_palette_gives_its_colours() -> None:
    image = Image.new("P", SIZE, 1)
    image.putpalette([0, 0, 0, 9, 99, 199])
    assert first_pixel(encoded(image, "PNG")) == [9, 99, 199]


def test_a_transparent_palette_entry_is_white() -> None:
    image = Image.new("P", SIZE, 1)
    image.putpalette([0, 0, 0, 9, 99, 199])
    assert first_pixel(encoded(image, "PNG", transparency=1)) == [255, 255, 255]
    assert first_pixel(encoded(image, "GIF", transparency=1)) == [255, 255, 255]


def test_a_transparent_palette_entry_stays_white_when_the_image_is_turned() -> None:
    image = Image.new("P", SIZE, 1)
    image.putpalette([0, 0, 0, 9, 99, 199])
    exif = Image.Exif()
    exif[0x0112] = 6
    assert first_pixel(encoded(image, "PNG", transparency=1, exif=exif)) == [255, 255, 255]


def test_a_transparent_colour_key_is_white() -> None:
    assert first_pixel(encoded(Image.new("RGB", SIZE, (1, 2, 3)), "PNG", transparency=(1, 2, 3))) == [255, 255, 255]
    assert first_pixel(encoded(Image.new("L", SIZE, 7), "PNG", transparency=7)) == [255, 255, 255]


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (128, 0), (129, 1), (257, 1), (32896, 128), (65535, 255)])
def test_sixteen_bits_are_divided_by_257_and_rounded(value: int, expected: int) -> None:
    grey = Image.fromarray(np.full(SIZE, value, dtype=np.uint16))
    assert grey.mode == "I;16"
    assert first_pixel(encoded(grey, "PNG")) == [expected] * 3
    assert first_pixel(encoded(grey, "TIFF")) == [expected] * 3


@pytest.mark.parametrize(("value", "expected"), [(-5, 0), (257, 1), (70_000, 255)])
def test_long_integers_are_clipped_to_sixteen_bits(value: int, expected: int) -> None:
    grey = Image.fromarray(np.full(SIZE, value, dtype=np.int32))
    assert first_pixel(encoded(grey, "TIFF")) == [expected] * 3


@pytest.mark.parametrize(
    ("values", "expected"),
    [((0.5, 1.0), (128, 255)), ((0.5, 200.0), (0, 200)), ((-1.0, 300.0), (0, 255)), ((float("nan"), 1.0), (0, 255))],
)
def test_floating_grey_is_scaled_when_nothing_is_above_one(
    values: tuple[float, float], expected: tuple[int, int]
) -> None:
    grey = np.full(SIZE, values[1], dtype=np.float32)
    grey[0, 0] = values[0]
    pixels = read(encoded(Image.fromarray(grey), "TIFF")).pixels
    assert (pixels[0, 0, 0], pixels[1, 1, 0]) == expected


def test_cmyk_becomes_rgb() -> None:
    image = Image.new("CMYK", SIZE, (0, 255, 255, 0))
    assert first_pixel(encoded(image, "TIFF")) == [255, 0, 0]


def test_the_inverted_cmyk_of_adobe_is_not_read_as_a_negative() -> None:
    image = Image.new("CMYK", SIZE, (0, 0, 0, 0))
    assert first_pixel(encoded(image, "JPEG")) == [255, 255, 255]


@pytest.mark.parametrize("mode", ["1", "L", "YCbCr", "HSV", "LAB"])
def test_grey_and_other_colour_spaces_become_rgb(mode: str) -> None:
    white = Image.new("RGB", SIZE, "white").convert(mode)
    assert to_rgb(white).mode == "RGB"
    assert to_rgb(white).getpixel((0, 0)) == pytest.approx((255, 255, 255), abs=1)


def test_rgb_is_left_as_it_is() -> None:
    image = Image.new("RGB", SIZE, (1, 2, 3))
    assert to_rgb(image) is image
