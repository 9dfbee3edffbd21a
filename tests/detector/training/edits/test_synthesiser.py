"""Edits: exact outside the mask, a change inside, the same for the same seed, and no size too small."""

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.training.edits.base import blend, bounds, clipped
from detector.training.edits.synthesiser import HELD_OUT, OPERATIONS, TRAINED, apply, synthesise
from tests.detector.pictures import noise

Pixels = NDArray[np.uint8]


def grainy(width: int, height: int, seed: int) -> Pixels:
    """A picture with detail of one pixel, so that every operation finds something to change."""
    rng = np.random.default_rng(seed)
    return clipped(noise(width, height, seed).astype(np.float32) + rng.normal(0, 12, (height, width, 3)))


PHOTOGRAPH, DONOR = grainy(96, 80, 1), grainy(96, 80, 2)
MASK = np.zeros((80, 96), np.float32)
MASK[20:50, 30:70] = 1.0
MASK[20, 30:70] = 0.5


@pytest.mark.parametrize("name", OPERATIONS)
def test_pixels_outside_the_mask_are_untouched_and_some_inside_are_not(name: str) -> None:
    kept = PHOTOGRAPH.copy()
    edited = apply(name, PHOTOGRAPH, MASK, DONOR, np.random.default_rng(5))
    assert np.array_equal(edited.pixels[MASK == 0], PHOTOGRAPH[MASK == 0])
    assert (edited.pixels[MASK == 1] != PHOTOGRAPH[MASK == 1]).any()
    assert np.array_equal(kept, PHOTOGRAPH)
    assert (edited.operation, edited.pixels.dtype, edited.pixels.shape) == (name, np.uint8, PHOTOGRAPH.shape)


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_same_seed_makes_the_same_edit(name: str) -> None:
    first, second = (synthesise(PHOTOGRAPH, DONOR, np.random.default_rng(8), [name]) for _ in range(2))
    assert np.array_equal(first.pixels, second.pixels)
    assert np.array_equal(first.mask, second.mask)


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 7), (3, 3), (9, 200)])
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_tiny_or_narrow_picture_is_edited_too(name: str, size: tuple[int, int]) -> None:
    height, width = size
    edited = synthesise(grainy(width, height, 3), grainy(5, 4, 4), np.random.default_rng(0), [name])
    assert edited.pixels.shape == (height, width, 3)
    assert edited.mask.max() == 1.0


def test_a_splice_brings_the_donor_in() -> None:
    black, white = np.zeros((40, 40, 3), np.uint8), np.full((40, 40, 3), 255, np.uint8)
    mask = np.zeros((40, 40), np.float32)
    mask[10:20, 10:20] = 1
    assert (apply("splice", black, mask, white, np.random.default_rng(0)).pixels[10:20, 10:20] == 255).all()


def test_a_matched_splice_takes_on_the_colours_that_it_covers() -> None:
    dark, light = PHOTOGRAPH // 4, 128 + DONOR // 2
    plain, matched = (apply(name, dark, MASK, light, np.random.default_rng(2)) for name in ("splice", "matched splice"))
    inside = MASK == 1
    assert abs(matched.pixels[inside].mean() - dark[inside].mean()) < abs(
        plain.pixels[inside].mean() - dark[inside].mean()
    )


@pytest.mark.parametrize("name", ["inpainting (Telea)", "inpainting (fluid)", "membrane", "patches"])
def test_an_eraser_removes_what_was_in_the_mask(name: str) -> None:
    picture = np.full((64, 64, 3), 200, np.uint8)
    picture[24:40, 24:40] = (255, 0, 0)
    mask = np.zeros((64, 64), np.float32)
    mask[20:44, 20:44] = 1
    erased = apply(name, picture, mask, picture, np.random.default_rng(1)).pixels[24:40, 24:40]
    assert abs(int(erased[:, :, 0].mean()) - 200) < 30
    assert abs(int(erased[:, :, 1].mean()) - 200) < 30


def test_training_sees_no_held_out_operation() -> None:
    assert len(HELD_OUT) >= 2
    assert not set(TRAINED) & set(HELD_OUT)
    drawn = {synthesise(PHOTOGRAPH, DONOR, np.random.default_rng(seed)).operation for seed in range(150)}
    assert drawn == set(TRAINED)


def test_a_draw_that_changes_nothing_is_drawn_anew() -> None:
    flat = np.full((64, 64, 3), 90, np.uint8)
    changed = [
        (synthesise(flat, DONOR, np.random.default_rng(seed), ["blur", "splice"]).pixels != flat).any()
        for seed in range(30)
    ]
    assert sum(changed) >= 29


def test_blending_weighs_by_the_mask() -> None:
    low, high = np.zeros((1, 3, 3), np.uint8), np.full((1, 3, 3), 200, np.uint8)
    mixed = blend(low, high, np.array([[0.0, 0.5, 1.0]], np.float32))
    assert mixed[0, :, 0].tolist() == [0, 100, 200]


def test_bounds_hold_the_mask_tightly() -> None:
    assert bounds(MASK) == (20, 30, 50, 70)
