"""Perceptual hashes keep through what copies go through, and differ between pictures."""

import io
from pathlib import Path

import imagehash
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from detector.perceptual import HASH_BYTES, crops, hashes, is_flat, phash

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NEAR = 30
Pixels = NDArray[np.uint8]


def photograph(name: str = "coffee", scale: float = 1.0) -> Image.Image:
    with Image.open(SAMPLES / f"{name}.jpg") as image:
        upright = image.convert("RGB")
    return upright.resize((round(upright.width * scale), round(upright.height * scale)))


def pixels(picture: Image.Image) -> Pixels:
    return np.asarray(picture.convert("RGB"))


def distance(left: bytes, right: bytes) -> int:
    return (int.from_bytes(left) ^ int.from_bytes(right)).bit_count()


def least(picture: Image.Image, known: list[bytes]) -> int:
    return min(distance(one, other) for one in hashes(pixels(picture)) for other in known)


def jpeg(picture: Image.Image, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


def captioned(picture: Image.Image, paper: str, ink: str) -> Image.Image:
    bar = picture.height // 6
    page = Image.new("RGB", (picture.width, picture.height + bar), paper)
    page.paste(picture, (0, bar))
    ImageDraw.Draw(page).text((picture.width / 2, bar / 2), "a cup of coffee", ink, font_size=bar // 2, anchor="mm")
    return page


def test_hash_has_256_bits_and_is_the_same_each_time() -> None:
    first, again = hashes(pixels(photograph())), hashes(pixels(photograph()))

    assert first == again
    assert {len(one) for one in first} == {HASH_BYTES} == {32}


def test_hash_is_that_of_the_library() -> None:
    grey = photograph().convert("L")

    assert phash(grey).hex() == str(imagehash.phash(grey, hash_size=16))


@pytest.mark.parametrize("quality", [60, 30])
def test_compression_keeps_the_hash(quality: int) -> None:
    assert least(jpeg(photograph(), quality), hashes(pixels(photograph()))[:1]) <= 8


@pytest.mark.parametrize("scale", [0.3, 0.5, 2.0, 6.0])
def test_scaling_keeps_the_hash(scale: float) -> None:
    assert least(photograph(scale=scale), hashes(pixels(photograph()))[:1]) <= 8


@pytest.mark.parametrize(("paper", "ink"), [("white", "black"), ("black", "white"), ("#d0e0ff", "#203040")])
@pytest.mark.parametrize("quality", [60, 95])
def test_caption_bar_is_seen_past(paper: str, ink: str, quality: int) -> None:
    captured = jpeg(captioned(photograph(), paper, ink), quality)

    assert distance(hashes(pixels(captured))[0], hashes(pixels(photograph()))[0]) > NEAR
    assert least(captured, hashes(pixels(photograph()))[:1]) <= NEAR


def test_bars_on_every_side_are_seen_past() -> None:
    framed = Image.new("RGB", (900, 700), "black")
    framed.paste(photograph(), (150, 150))

    assert least(framed, hashes(pixels(photograph()))[:1]) <= 8


@pytest.mark.parametrize(
    "box",
    [
        (0.025, 0.025, 0.975, 0.975),
        (0.05, 0.05, 0.95, 0.95),
        (0.1, 0, 1, 1),
        (0, 0, 1, 0.9),
        (0.1, 0.1, 1, 1),
        (0, 0.1, 0.9, 1),
    ],
)
def test_usual_crop_is_known_by_the_crops_of_the_original(box: tuple[float, float, float, float]) -> None:
    original = photograph()
    width, height = original.size
    cut = original.crop((round(box[0] * width), round(box[1] * height), round(box[2] * width), round(box[3] * height)))

    assert least(cut, hashes(pixels(original))[:1]) > NEAR
    assert least(jpeg(cut, 60), crops(pixels(original))) <= 16


def test_other_pictures_are_far() -> None:
    names = ["astronaut", "camera", "cat", "dahlia", "pagoda", "rocket"]
    known = hashes(pixels(photograph())) + crops(pixels(photograph()))

    assert min(least(photograph(name), known) for name in names) > 60


def test_flat_picture_has_no_hash() -> None:
    flat = np.full((300, 400, 3), 90, np.uint8)

    assert hashes(flat) == crops(flat) == []
    assert is_flat(Image.fromarray(flat).convert("L"))


def test_page_with_a_bar_and_nothing_else_has_no_hash_of_the_rest() -> None:
    page = np.full((300, 400, 3), 90, np.uint8)
    page[:60] = 250

    assert len(hashes(page)) == 1


@pytest.mark.parametrize("size", [(32, 32), (32, 2000), (2000, 32), (33, 257)])
def test_odd_sizes_are_hashed(size: tuple[int, int]) -> None:
    made = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)

    assert hashes(made)
    assert len(crops(made)) == 10


def test_pixels_are_left_as_they_are() -> None:
    given = pixels(photograph()).copy()
    given.setflags(write=False)

    hashes(given)
    crops(given)

    assert np.array_equal(given, pixels(photograph()))
