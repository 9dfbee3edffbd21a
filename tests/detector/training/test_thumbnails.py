"""What happens to thumbnails happens by a seed, keeps their size, and leaves most as they were."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.random import Generator
from PIL import Image, ImageOps

from detector.training import thumbnails
from detector.training.augmentation import AUGMENTATIONS, generator
from tests.detector.pictures import noise

Treatment = Callable[[Image.Image, Generator], Image.Image]
ALL: list[Treatment] = [
    thumbnails.thumbnail,
    thumbnails.nudged,
    thumbnails.degraded,
    thumbnails.rescaled,
    thumbnails.cropped,
]


def picture() -> Image.Image:
    return Image.fromarray(noise(32, 32))


@pytest.mark.parametrize("treatment", ALL)
def test_the_same_seed_gives_the_same_picture_of_the_same_size(treatment: Treatment) -> None:
    for seed in range(20):
        first, second = (treatment(picture(), generator(seed)) for _ in range(2))
        assert first.tobytes() == second.tobytes()
        assert (first.size, first.mode) == ((32, 32), "RGB")


def test_about_two_thirds_pass_untouched_but_for_a_mirror() -> None:
    untouched = {picture().tobytes(), ImageOps.mirror(picture()).tobytes()}
    seen = [thumbnails.thumbnail(picture(), generator(seed)).tobytes() for seed in range(2000)]
    assert 0.62 < np.mean([one in untouched for one in seen]) < 0.70
    assert 0.45 < np.mean([one == picture().tobytes() for one in seen if one in untouched]) < 0.55


def test_a_degraded_picture_differs_from_what_it_was() -> None:
    changed = [thumbnails.degraded(picture(), generator(seed)).tobytes() != picture().tobytes() for seed in range(100)]
    assert np.mean(changed) > 0.95


def test_the_smallest_training_picture_survives() -> None:
    small = Image.fromarray(noise(8, 8))
    assert {thumbnails.degraded(small, generator(seed)).size for seed in range(60)} == {(8, 8)}


def test_a_nudge_moves_by_two_pixels_at_most() -> None:
    original = np.asarray(picture())
    inner = {original[2:-2, 2:-2].tobytes(): (0, 0)}
    places = set()
    for seed in range(200):
        moved = np.asarray(thumbnails.nudged(picture(), generator(seed)))
        for straight in (moved, moved[:, ::-1]):
            for down in range(5):
                for right in range(5):
                    if (straight[down : down + 28, right : right + 28]).tobytes() in inner:
                        places.add((down, right))
    assert places == {(down, right) for down in range(5) for right in range(5)}


def test_recipes_find_it_by_name() -> None:
    assert AUGMENTATIONS["thumbnail"] is thumbnails.thumbnail
