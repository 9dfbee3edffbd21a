"""Test-time views move or mirror what is there, and invent nothing."""

import pytest
import torch

from detector.views import VIEWS, seen

IMAGES = torch.arange(2 * 3 * 4 * 5, dtype=torch.float32).view(2, 3, 4, 5)


def test_the_whole_view_is_the_input() -> None:
    assert seen(IMAGES, ("whole",))[0] is IMAGES


def test_the_mirrored_view_exchanges_left_and_right() -> None:
    assert torch.equal(VIEWS["mirrored"](IMAGES), IMAGES.flip(3))


def test_a_shifted_view_moves_by_one_pixel_and_reflects_the_edge() -> None:
    moved = VIEWS["shifted-down-right"](IMAGES)
    assert torch.equal(moved[:, :, 1:, 1:], IMAGES[:, :, :-1, :-1])
    assert torch.equal(moved[:, :, 0, 1:], IMAGES[:, :, 1, :-1])
    assert torch.equal(moved[:, :, 1:, 0], IMAGES[:, :, :-1, 1])


def test_the_two_shifts_go_opposite_ways() -> None:
    there_and_back = VIEWS["shifted-up-left"](VIEWS["shifted-down-right"](IMAGES))
    assert torch.equal(there_and_back[:, :, 1:-1, 1:-1], IMAGES[:, :, 1:-1, 1:-1])


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_keeps_the_shape_and_the_values_there_are(name: str) -> None:
    (view,) = seen(IMAGES, (name,))
    assert view.shape == IMAGES.shape
    assert set(view.flatten().tolist()) <= set(IMAGES.flatten().tolist())


def test_views_come_in_the_order_of_their_names() -> None:
    first, second = seen(IMAGES, ("mirrored", "whole"))
    assert torch.equal(first.flip(3), second)


def test_an_unknown_view_is_an_error() -> None:
    with pytest.raises(KeyError):
        seen(IMAGES, ("upside-down",))
