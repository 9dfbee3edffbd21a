"""Faces are found where they are, at any size of image, and cut out at one framing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from detector.faces import cut, face_square, find_faces
from detector.images import read
from detector.results import Box
from tests.detector.pictures import noise

ASTRONAUT = Path(__file__).parents[2] / "samples" / "astronaut.jpg"
FACE = (224, 113)


@pytest.fixture(scope="module")
def portrait() -> NDArray[np.uint8]:
    return read(ASTRONAUT.read_bytes()).pixels


def holds(box: Box, point: tuple[float, float]) -> bool:
    return box.x <= point[0] < box.x + box.width and box.y <= point[1] < box.y + box.height


def enlarged(pixels: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    size = round(pixels.shape[1] * factor), round(pixels.shape[0] * factor)
    return np.asarray(Image.fromarray(pixels).resize(size))


@pytest.mark.parametrize("factor", [0.6, 1.0, 4.0])
def test_a_face_is_found_in_pixels_of_the_image_itself(portrait: NDArray[np.uint8], factor: float) -> None:
    found = find_faces(enlarged(portrait, factor))
    (box,) = [box for box in found if holds(box, (FACE[0] * factor, FACE[1] * factor))]
    assert 70 * factor < box.width < 160 * factor


def test_where_no_face_is_none_is_found() -> None:
    assert find_faces(noise(200, 150)) == []
    assert find_faces(np.zeros((40, 4000, 3), dtype=np.uint8)) == []


def test_faces_come_largest_first(portrait: NDArray[np.uint8]) -> None:
    small = enlarged(portrait, 0.75)
    canvas = np.full((512, 912, 3), 255, dtype=np.uint8)
    canvas[:384, :384] = small
    canvas[:512, 400:] = portrait
    found = find_faces(canvas)
    (large,) = [at for at, box in enumerate(found) if holds(box, (400 + FACE[0], FACE[1]))]
    (small_one,) = [at for at, box in enumerate(found) if holds(box, (FACE[0] * 0.75, FACE[1] * 0.75))]
    assert large < small_one
    areas = [box.width * box.height for box in found]
    assert areas == sorted(areas, reverse=True)


def test_boxes_lie_inside_the_image(portrait: NDArray[np.uint8]) -> None:
    close = portrait[60:180, 160:290]
    for box in find_faces(enlarged(close, 3.3)):
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= round(130 * 3.3)
        assert box.y + box.height <= round(120 * 3.3)


def test_many_threads_find_the_same_faces(portrait: NDArray[np.uint8]) -> None:
    alone = find_faces(portrait)
    barrier = threading.Barrier(3)

    def find(_: int) -> list[Box]:
        barrier.wait()
        return find_faces(portrait)

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(find, range(3))) == [alone] * 3


def test_finding_faces_leaves_the_pixels_as_they_were(portrait: NDArray[np.uint8]) -> None:
    before = portrait.copy()
    find_faces(portrait)
    assert np.array_equal(portrait, before)


@pytest.mark.parametrize(
    ("box", "margin", "square"),
    [
        (Box(100, 100, 50, 50), 0.3, Box(85, 85, 80, 80)),
        (Box(0, 0, 50, 50), 0.3, Box(-15, -15, 80, 80)),
        (Box(100, 100, 40, 60), 0.0, Box(90, 100, 60, 60)),
    ],
)
def test_the_square_is_centred_on_the_face(box: Box, margin: float, square: Box) -> None:
    assert face_square(box, margin) == square


def test_a_region_inside_is_cut_as_it_is() -> None:
    pixels = noise(60, 40)
    assert np.array_equal(cut(pixels, Box(10, 5, 20, 30)), pixels[5:35, 10:30])


@pytest.mark.parametrize("region", [Box(-10, -5, 30, 30), Box(45, 20, 30, 30), Box(-5, -5, 70, 70)])
def test_over_the_edge_the_edge_is_repeated(region: Box) -> None:
    pixels = noise(60, 40)
    rows = np.clip(np.arange(region.y, region.y + region.height), 0, 39)
    columns = np.clip(np.arange(region.x, region.x + region.width), 0, 59)
    assert np.array_equal(cut(pixels, region), pixels[rows][:, columns])
