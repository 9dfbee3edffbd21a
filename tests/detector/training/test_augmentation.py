"""What happens to pictures happens by a seed, and stays a picture."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.random import Generator
from PIL import Image

from detector.training import augmentation
from detector.training.augmentation import generator
from tests.detector.pictures import noise

Treatment = Callable[[Image.Image, Generator], Image.Image]
KEEPING_SIZE = [
    augmentation.flip,
    augmentation.brightness,
    augmentation.rescale,
    augmentation.blur,
    augmentation.compress,
    augmentation.colour,
    augmentation.reframe,
    augmentation.strong,
]
ALL: list[Treatment] = [*KEEPING_SIZE, augmentation.crop, augmentation.augment, augmentation.degrade]


def picture() -> Image.Image:
    return Image.fromarray(noise(60, 44))


@pytest.mark.parametrize("treatment", ALL)
def test_the_same_seed_gives_the_same_picture(treatment: Treatment) -> None:
    for seed in range(4):
        first, second = (np.asarray(treatment(picture(), generator(seed, 1, 2))) for _ in range(2))
        assert np.array_equal(first, second)


@pytest.mark.parametrize("treatment", ALL)
def test_a_picture_stays_rgb_and_the_original_as_it_was(treatment: Treatment) -> None:
    original = picture()
    for seed in range(6):
        assert treatment(original, generator(seed)).mode == "RGB"
    assert np.array_equal(np.asarray(original), noise(60, 44))


@pytest.mark.parametrize("treatment", KEEPING_SIZE)
def test_only_cropping_changes_the_size(treatment: Treatment) -> None:
    assert all(treatment(picture(), generator(seed)).size == (60, 44) for seed in range(6))


def test_a_crop_keeps_at_least_four_fifths_of_each_side() -> None:
    sizes = [augmentation.crop(picture(), generator(seed)).size for seed in range(40)]
    assert min(width for width, _ in sizes) >= 48
    assert min(height for _, height in sizes) >= 35
    assert len(set(sizes)) > 10


@pytest.mark.parametrize("size", [(8, 8), (9, 300)])
def test_small_and_narrow_pictures_survive(size: tuple[int, int]) -> None:
    small = Image.fromarray(noise(*size))
    for seed in range(20):
        assert min(augmentation.augment(small, generator(seed)).size) >= 6


def test_different_places_get_different_treatment() -> None:
    results = {augmentation.augment(picture(), generator(0, 0, index)).tobytes() for index in range(10)}
    assert len(results) == 10
