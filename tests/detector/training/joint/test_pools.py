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


NONE = np.zeros(7, bool)


def test_pools_have_their_shares_and_classes_are_alike() -> None:
    assert POOLS.weights(NONE) == pytest.approx([0.2, 0.2, 0.06, 0.06, 0.24, 0.12, 0.12])


def test_sources_that_are_left_out_are_not_drawn_and_the_rest_sums_to_one() -> None:
    weights = POOLS.weights(POOLS.held(0.0, frozenset({"c", "d"})))
    assert weights == pytest.approx(np.array([0.2, 0.2, 0.06, 0.06, 0, 0, 0]) / 0.52)


def test_held_are_whole_sources_and_a_share_of_the_others() -> None:
    assert POOLS.held(0.0, frozenset({"b", "d"})).tolist() == [False, True, False, True, False, True, True]
    assert POOLS.held(1.0, frozenset()).all()
    assert not POOLS.held(0.0, frozenset()).any()


def test_chosen_samples_can_be_asked_for_by_pool() -> None:
    held = POOLS.held(0.0, frozenset({"b", "d"}))
    assert [sample.source for sample in POOLS.of([WHOLE], held)] == ["b"]
    assert [sample.source for sample in POOLS.of([CUT, FACE], ~held)] == ["a", "c"]
