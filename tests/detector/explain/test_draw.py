"""Heatmaps lie exactly where they belong on the upright original."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from detector.explain.draw import COLOURS, heatmap_png, overlay_png, whole
from detector.images import read
from detector.results import Box, Heatmap
from tests.detector.pictures import noise, oriented


def hot(rows: int, columns: int, row: int, column: int) -> NDArray[np.uint8]:
    values = np.zeros((rows, columns), dtype=np.uint8)
    values[row, column] = 255
    return values


def picture(png: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(png)))


def influence(png: bytes) -> NDArray[np.int64]:
    """(H, W) 0..255 by looking each colour up; -1 where transparent."""
    pixels = picture(png)
    order = np.argsort(_codes(COLOURS))
    places = np.searchsorted(_codes(COLOURS), _codes(pixels), sorter=order)
    assert np.array_equal(COLOURS[order[places]], pixels[:, :, :3])
    return np.where(pixels[:, :, 3] == 255, order[places], -1)


def _codes(colours: NDArray[np.uint8]) -> NDArray[np.int64]:
    codes: NDArray[np.int64] = colours[..., :3].astype(np.int64) @ np.array([65536, 256, 1])
    return codes


def centre_of(values: NDArray[np.int64]) -> tuple[float, float]:
    weights = np.maximum(values, 0).astype(float)
    ys, xs = np.mgrid[: values.shape[0], : values.shape[1]] + 0.5
    return float((weights * xs).sum() / weights.sum()), float((weights * ys).sum() / weights.sum())


@pytest.mark.parametrize(("row", "column"), [(1, 1), (1, 5), (3, 2), (5, 5)])
@pytest.mark.parametrize("size", [(140, 140), (210, 70), (77, 161)])
def test_a_hot_cell_is_centred_on_its_own_pixels(size: tuple[int, int], row: int, column: int) -> None:
    width, height = size
    drawn = influence(heatmap_png(Heatmap(hot(7, 7, row, column), whole(size), size)))
    assert drawn.shape == (height, width)
    assert centre_of(drawn) == pytest.approx(((column + 0.5) * width / 7, (row + 0.5) * height / 7), abs=0.1)
    assert drawn[int((row + 0.5) * height / 7), int((column + 0.5) * width / 7)] >= 235


def test_values_are_exact_at_the_cells_centres_and_halve_between_them() -> None:
    values = np.array([[0, 200], [100, 40]], dtype=np.uint8)
    drawn = influence(heatmap_png(Heatmap(values, whole((6, 6)), (6, 6))))
    assert [drawn[1, 1], drawn[1, 4], drawn[4, 1], drawn[4, 4]] == [0, 200, 100, 40]
    assert drawn[0, 0] == 0
    assert drawn[5, 5] == 40
    assert drawn[1, 2] == pytest.approx(200 / 3, abs=1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_map_of_a_turned_photograph_lies_on_the_upright_one(orientation: int) -> None:
    upright = np.full((60, 90, 3), 30, dtype=np.uint8)
    upright[10:20, 60:75] = 255
    turned_back = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    stored = Image.fromarray(upright)
    stored = stored if turned_back is None else stored.transpose(Image.Transpose(turned_back))
    image = read(oriented(np.asarray(stored), orientation, "PNG"))
    size = image.facts.width, image.facts.height
    heatmap = Heatmap(hot(12, 18, 2, 13), whole(size), size)
    drawn = influence(heatmap_png(heatmap))
    assert drawn.shape == (60, 90)
    assert centre_of(drawn) == pytest.approx((67.5, 12.5), abs=0.1)
    assert image.pixels[12, 67].tolist() == [255, 255, 255]


def test_a_face_is_drawn_in_its_square_and_nowhere_else() -> None:
    region = Box(40, 10, 30, 30)
    drawn = influence(heatmap_png(Heatmap(hot(3, 3, 1, 1), region, (100, 50))))
    inside = np.zeros((50, 100), dtype=bool)
    inside[10:40, 40:70] = True
    assert np.array_equal(drawn >= 0, inside)
    assert centre_of(drawn) == pytest.approx((55, 25), abs=0.1)


@pytest.mark.parametrize(
    ("region", "rows", "columns", "cell", "expected"),
    [
        (Box(-20, -10, 60, 60), slice(0, 50), slice(0, 40), (3, 3), (15, 25)),
        (Box(70, 20, 60, 60), slice(20, 50), slice(70, 100), (1, 1), (85, 35)),
    ],
)
def test_a_face_at_the_border_keeps_its_place(
    region: Box, rows: slice, columns: slice, cell: tuple[int, int], expected: tuple[float, float]
) -> None:
    drawn = influence(heatmap_png(Heatmap(hot(6, 6, *cell), region, (100, 50))))
    inside = np.zeros((50, 100), dtype=bool)
    inside[rows, columns] = True
    assert np.array_equal(drawn >= 0, inside)
    assert centre_of(drawn) == pytest.approx(expected, abs=0.3)


@pytest.mark.parametrize(
    ("size", "drawn"),
    [((1600, 900), (1600, 900)), ((1601, 800), (1600, 800)), ((4000, 3000), (1600, 1200)), ((50, 3200), (25, 1600))],
)
def test_pictures_have_the_upright_size_or_1600_on_the_longer_side(
    size: tuple[int, int], drawn: tuple[int, int]
) -> None:
    heatmap = Heatmap(hot(7, 7, 3, 3), whole(size), size)
    pixels = np.zeros((size[1], size[0], 3), dtype=np.uint8)
    for png, mode in ((heatmap_png(heatmap), "RGBA"), (overlay_png(pixels, heatmap), "RGB")):
        with Image.open(io.BytesIO(png)) as image:
            assert (image.size, image.mode, image.format) == (drawn, mode, "PNG")


def test_a_shrunk_picture_keeps_the_map_registered() -> None:
    size = (3000, 1500)
    drawn = influence(heatmap_png(Heatmap(hot(5, 10, 3, 7), whole(size), size), max_side=200))
    assert centre_of(drawn) == pytest.approx((150, 70), abs=0.2)


def test_an_overlay_blends_inside_the_region_and_leaves_the_rest() -> None:
    pixels = noise(80, 60)
    heatmap = Heatmap(np.full((4, 4), 255, dtype=np.uint8), Box(20, 10, 40, 40), (80, 60))
    drawn = picture(overlay_png(pixels, heatmap, opacity=0.25)).astype(float)
    blended = pixels * 0.75 + COLOURS[255] * 0.25
    assert np.abs(drawn[10:50, 20:60] - blended[10:50, 20:60]).max() <= 0.51
    outside = np.ones((60, 80), dtype=bool)
    outside[10:50, 20:60] = False
    assert np.array_equal(drawn[outside], pixels[outside])


@pytest.mark.parametrize(("opacity", "expected"), [(0.0, "image"), (1.0, "colours")])
def test_the_ends_of_the_opacity_are_image_and_map(opacity: float, expected: str) -> None:
    pixels = noise(40, 40)
    drawn = picture(overlay_png(pixels, Heatmap(hot(2, 2, 0, 0), whole((40, 40)), (40, 40)), opacity))
    if expected == "image":
        assert np.array_equal(drawn, pixels)
    else:
        assert drawn[39, 39].tolist() == [0x1B, 0x11, 0x47]


def test_an_overlay_on_another_image_is_refused() -> None:
    with pytest.raises(ValueError, match="belongs to"):
        overlay_png(noise(40, 50), Heatmap(hot(2, 2, 0, 0), whole((50, 40)), (50, 40)))


def test_drawing_does_not_change_what_it_draws() -> None:
    pixels, values = noise(40, 40), hot(3, 3, 1, 1)
    before = pixels.copy(), values.copy()
    overlay_png(pixels, Heatmap(values, whole((40, 40)), (40, 40)))
    assert np.array_equal(pixels, before[0])
    assert np.array_equal(values, before[1])


def test_colours_run_from_dark_violet_to_pale_yellow_ever_lighter() -> None:
    assert COLOURS[0].tolist() == [0x1B, 0x11, 0x47]
    assert COLOURS[51].tolist() == [0x6A, 0x1C, 0x81]
    assert COLOURS[255].tolist() == [0xFC, 0xFD, 0xD0]
    lightness = COLOURS @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(lightness) > 0).all()
