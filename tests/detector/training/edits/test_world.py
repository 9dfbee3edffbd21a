"""Picture and mask go the same way."""

import numpy as np
import pytest

from detector.training.edits.world import cropped, scaled, travelled
from tests.detector.pictures import noise


def marked(side: int) -> tuple[np.ndarray, np.ndarray]:
    """A black picture with a white square, and the square's mask."""
    pixels, mask = np.zeros((side, side, 3), np.uint8), np.zeros((side, side), np.float32)
    pixels[20:60, 30:80], mask[20:60, 30:80] = 255, 1.0
    return pixels, mask


@pytest.mark.parametrize("seed", range(8))
def test_the_mask_stays_on_what_it_marks(seed: int) -> None:
    pixels, mask = travelled(*marked(128), 96, np.random.default_rng(seed), encode=True)
    assert pixels.shape == (96, 96, 3)
    assert mask.shape == (96, 96)
    assert mask.sum() > 0
    assert np.corrcoef(pixels.mean(axis=2).ravel(), mask.ravel())[0, 1] > 0.93


@pytest.mark.parametrize("seed", range(8))
def test_a_crop_keeps_half_of_the_mask_where_it_can(seed: int) -> None:
    pixels, mask = marked(128)
    assert cropped(pixels, mask, 96, np.random.default_rng(seed))[1].sum() >= mask.sum() / 2


def test_the_same_seed_goes_the_same_way() -> None:
    blank = np.zeros((128, 128), np.float32)
    first, second = (travelled(noise(128, 128), blank, 64, np.random.default_rng(4), encode=True) for _ in range(2))
    assert np.array_equal(first[0], second[0])


@pytest.mark.parametrize("shape", [(1, 1), (5, 300), (64, 20)])
def test_what_is_smaller_than_the_crop_is_enlarged(shape: tuple[int, int]) -> None:
    pixels = noise(shape[1], shape[0])
    made, mask = travelled(pixels, np.ones(shape, np.float32), 32, np.random.default_rng(0), encode=False)
    assert made.shape == (32, 32, 3)
    assert mask.min() > 0.99


def test_scaling_never_falls_below_the_crop() -> None:
    for seed in range(20):
        pixels, mask = scaled(*marked(100), 96, np.random.default_rng(seed))
        assert pixels.shape[:2] == mask.shape
        assert min(mask.shape) >= 96
