"""The edit functions, on small made-up pictures."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from scripts.samples.edits import Edit, Ellipse, Mask, Pixels, Place, paste, recolour, remove, warm_piece

HIGH, WIDE = 80, 120


def scenery(seed: int = 0) -> Pixels:
    """Smooth green noise with a little grain."""
    noise = np.random.default_rng(seed).uniform(40, 160, (HIGH, WIDE, 3))
    smooth = cv2.GaussianBlur(noise, (0, 0), 3) + np.random.default_rng(seed + 1).normal(0, 3, noise.shape)
    return np.clip(smooth * [0.4, 1.0, 0.8], 0, 255).astype(np.uint8)


def disc(x: float = 40, y: float = 35, radius: float = 15) -> Mask:
    return Ellipse(x, y, radius, radius).fill((HIGH, WIDE))


def orange_disc() -> Pixels:
    pixels = scenery()
    pixels[disc()] = (230, 120, 40)
    return pixels


def copy_move(pixels: Pixels, seed: int) -> Edit:
    return paste(pixels, pixels, disc(), Place(90, 50, 0.7, 0.7), seed)


def splice(pixels: Pixels, seed: int) -> Edit:
    return paste(pixels, orange_disc()[:, ::-1].copy(), disc(79), Place(90, 50, 0.8, 0.5), seed)


def removal(pixels: Pixels, seed: int) -> Edit:
    return remove(pixels, disc(), seed)


def blue(pixels: Pixels, seed: int) -> Edit:
    return recolour(pixels, disc(), 210, seed)


EVERY_EDIT = pytest.mark.parametrize("edit", [copy_move, splice, removal, blue])
Edits = Callable[[Pixels, int], Edit]


@EVERY_EDIT
def test_an_edit_leaves_every_pixel_outside_its_mask_as_it_was(edit: Edits) -> None:
    original = orange_disc()
    edited = edit(original, 5)
    assert np.array_equal(edited.pixels[~edited.mask], original[~edited.mask])


@EVERY_EDIT
def test_an_edit_changes_nearly_every_pixel_inside_its_mask(edit: Edits) -> None:
    original = orange_disc()
    edited = edit(original, 5)
    changed = (edited.pixels != original).any(axis=2)
    assert changed[edited.mask].mean() > 0.9
    assert edited.mask.any()


@EVERY_EDIT
def test_the_same_seed_gives_the_same_edit(edit: Edits) -> None:
    first, second = edit(orange_disc(), 5), edit(orange_disc(), 5)
    assert np.array_equal(first.pixels, second.pixels)
    assert np.array_equal(first.mask, second.mask)


@EVERY_EDIT
def test_another_seed_gives_another_edit(edit: Edits) -> None:
    assert not np.array_equal(edit(orange_disc(), 5).pixels, edit(orange_disc(), 6).pixels)


@EVERY_EDIT
def test_an_edit_leaves_its_arguments_alone(edit: Edits) -> None:
    original = orange_disc()
    edit(original, 5)
    assert np.array_equal(original, orange_disc())


@EVERY_EDIT
def test_an_edit_has_the_shape_and_type_of_its_original(edit: Edits) -> None:
    edited = edit(orange_disc(), 5)
    assert (edited.pixels.shape, edited.pixels.dtype.name) == ((HIGH, WIDE, 3), "uint8")
    assert (edited.mask.shape, edited.mask.dtype.name) == ((HIGH, WIDE), "bool")


def test_an_ellipse_fills_its_axes_and_no_more() -> None:
    filled = Ellipse(x=10, y=5, across=4, down=2).fill((11, 21))
    assert filled[5].nonzero()[0].tolist() == list(range(6, 15))
    assert filled[:, 10].nonzero()[0].tolist() == [3, 4, 5, 6, 7]
    assert int(filled.sum()) == 25


def test_an_ellipse_is_cut_at_the_edge_of_the_picture() -> None:
    assert Ellipse(x=0, y=0, across=2, down=2).fill((4, 4)).sum() == 6


def test_the_warm_piece_is_the_orange_disc() -> None:
    assert np.array_equal(warm_piece(orange_disc(), Ellipse(40, 35, 30, 30)), disc())


def test_the_warm_piece_has_no_holes() -> None:
    pixels = orange_disc()
    pixels[33:37, 38:42] = (20, 60, 60)
    assert np.array_equal(warm_piece(pixels, Ellipse(40, 35, 30, 30)), disc())


def test_the_warm_piece_is_the_largest_one() -> None:
    pixels = orange_disc()
    pixels[2:6, 100:104] = (230, 120, 40)
    assert np.array_equal(warm_piece(pixels, Ellipse(60, 40, 120, 120)), disc())


def test_nothing_outside_the_ellipse_belongs_to_the_warm_piece() -> None:
    around = Ellipse(40, 35, 8, 8)
    assert np.array_equal(warm_piece(orange_disc(), around), around.fill((HIGH, WIDE)))


def test_a_pasted_piece_lies_where_it_was_sent_and_at_its_size() -> None:
    edited = copy_move(orange_disc(), 5)
    rows, columns = edited.mask.nonzero()
    assert (columns.mean(), rows.mean()) == pytest.approx((90, 50), abs=1)
    assert edited.mask.sum() == pytest.approx(np.pi * (15 * 0.7) ** 2, rel=0.25)


def test_the_heart_of_a_pasted_piece_is_the_piece_itself() -> None:
    assert copy_move(orange_disc(), 5).pixels[50, 90].tolist() == [230, 120, 40]


def test_a_removed_disc_is_as_green_as_its_surroundings() -> None:
    edited = removal(orange_disc(), 5)
    red, green, _ = edited.pixels[edited.mask].mean(axis=0)
    assert red < green


def test_a_removed_region_keeps_some_grain() -> None:
    edited = removal(orange_disc(), 5)
    inside = cv2.erode(edited.mask.astype(np.uint8), np.ones((9, 9))).astype(bool)
    detail = edited.pixels.astype(float) - cv2.GaussianBlur(edited.pixels.astype(float), (0, 0), 1.5)
    assert detail[inside].std() > 0.5


def test_a_removal_has_exactly_the_region_as_its_mask() -> None:
    assert np.array_equal(removal(orange_disc(), 5).mask, disc())


def test_recolouring_turns_the_hue_and_keeps_the_brightness() -> None:
    edited = blue(orange_disc(), 5)
    colours = edited.pixels[disc()]
    assert (colours.argmax(axis=1) == 2).all()
    assert colours.max(axis=1).astype(int) == pytest.approx(230, abs=1)
