"""Random masks: never empty, never everything, the same for the same seed, at any size."""

import numpy as np
import pytest

from detector.training.edits import shapes
from detector.training.edits.shapes import random_mask


@pytest.mark.parametrize("size", [(1, 2), (2, 1), (2, 2), (3, 50), (8, 8), (64, 48)])
def test_a_mask_holds_a_whole_pixel_and_never_all_of_them(size: tuple[int, int]) -> None:
    for seed in range(60):
        mask = random_mask(size, np.random.default_rng(seed))
        assert mask.shape == size
        assert mask.dtype == np.float32
        assert mask.max() == 1.0
        assert mask.min() == 0.0


def test_the_only_pixel_there_is_may_be_all() -> None:
    assert random_mask((1, 1), np.random.default_rng(0)).tolist() == [[1.0]]


def test_the_same_seed_draws_the_same_mask() -> None:
    first, second, other = (random_mask((64, 64), np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_some_masks_are_soft_and_some_hard() -> None:
    drawn = [random_mask((64, 64), np.random.default_rng(seed)) for seed in range(40)]
    soft = [bool(((mask > 0) & (mask < 1)).any()) for mask in drawn]
    assert 5 < sum(soft) < 40


def test_sizes_spread_from_a_hundredth_to_half_of_the_picture() -> None:
    shares = [float((random_mask((128, 128), np.random.default_rng(seed)) > 0).mean()) for seed in range(200)]
    assert min(shares) < 0.01
    assert max(shares) > 0.5
    assert 0.03 < float(np.median(shares)) < 0.3


def test_a_horizon_reaches_from_side_to_side() -> None:
    canvas = np.zeros((40, 60), np.uint8)
    shapes.horizon(canvas, np.random.default_rng(1))
    assert canvas.any(axis=0).all()
    assert 0 < canvas.mean() < 1
