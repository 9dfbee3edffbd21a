"""How often each picture is drawn, and what is kept back."""

from pathlib import Path

import numpy as np
import pytest

from detector.training.joint.pools import CUT, FACE, WHOLE, Pools
from detector.training.packs import Sample


def sample(source: str, label: int) -> Sample:
    return Sample(f"{source}__1.jpg", source, label, Path())


POOLS = Pools(
    [sample(source, label) for source, label in (("a", 0), ("b", 1), ("a", 0), ("b", 1), ("c", 0), ("d", 1), ("d", 1))],
    [WHOLE, WHOLE, CUT, CUT, FACE, FACE, FACE],
)


def test_pools_have_their_shares_and_classes_are_alike() -> None:
    assert POOLS.weights(frozenset()) == pytest.approx([0.25, 0.25, 0.075, 0.075, 0.175, 0.0875, 0.0875])


def test_sources_that_are_left_out_are_not_drawn_and_the_rest_sums_to_one() -> None:
    weights = POOLS.weights(frozenset({"c", "d"}))
    assert weights == pytest.approx(np.array([0.25, 0.25, 0.075, 0.075, 0, 0, 0]) / 0.65)


def test_held_are_the_pictures_of_a_pool_whose_source_is_left_out() -> None:
    assert POOLS.held([WHOLE], frozenset({"b", "d"})) == [1]
    assert POOLS.held([CUT, FACE], frozenset({"b", "d"})) == [3, 5, 6]
    assert POOLS.held([WHOLE], frozenset()) == []
