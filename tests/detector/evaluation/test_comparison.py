"""Paired tests against values worked out by hand, and intervals that hold what they promise."""

import numpy as np
import pytest

from detector.evaluation.comparison import compare, mcnemar, paired_bootstrap
from detector.evaluation.metrics import accuracy


def flags(both: int, only_a: int, only_b: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    a = np.array([True] * both + [True] * only_a + [False] * only_b + [False] * neither)
    b = np.array([True] * both + [False] * only_a + [True] * only_b + [False] * neither)
    return a, b


@pytest.mark.parametrize(
    ("only_a", "only_b", "exact", "mid_p"),
    [
        (0, 5, 2 / 32, 1 / 32),
        (1, 3, 10 / 16, 6 / 16),
        (2, 2, 1.0, 1.0),
        (0, 0, 1.0, 1.0),
        (10, 2, 2 * 79 / 4096, (2 * 13 + 66) / 4096),
    ],
)
def test_mcnemar_of_small_counts(only_a: int, only_b: int, exact: float, mid_p: float) -> None:
    test = mcnemar(*flags(7, only_a, only_b, 3))
    assert (test.only_a, test.only_b) == (only_a, only_b)
    assert test.exact == pytest.approx(exact)
    assert test.mid_p == pytest.approx(mid_p)


def test_mcnemar_of_thousands_is_quick_and_says_so_when_there_is_no_doubt() -> None:
    test = mcnemar(*flags(10_000, 2_000, 3_000, 0))
    assert 0 <= test.mid_p <= test.exact < 1e-40


def test_the_better_model_is_found_and_the_interval_lies_above_zero() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 600)
    a = np.clip(labels * 0.3 + 0.35 + rng.normal(0, 0.3, 600), 0, 1)
    b = np.clip(labels * 0.7 + 0.15 + rng.normal(0, 0.3, 600), 0, 1)
    made = compare(a, b, labels)
    assert made.n == 600
    assert made.mcnemar.mid_p < 0.001
    for row in made.differences.values():
        assert row is not None
        assert row.interval is not None
        assert row.difference == pytest.approx(row.b - row.a)
        assert 0 < row.interval[0] < row.difference < row.interval[1]


def test_a_model_against_itself_differs_by_nothing() -> None:
    rng = np.random.default_rng(1)
    scores, labels = rng.random(80), rng.integers(0, 2, 80)
    made = compare(scores, scores, labels)
    assert made.mcnemar.exact == 1.0
    assert [(row.difference, row.interval) for row in made.differences.values() if row] == [(0.0, (0.0, 0.0))] * 3


def test_pairing_makes_the_interval_narrower_than_two_unpaired_ones() -> None:
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 2, 400)
    a = rng.random(400)
    b = np.where(np.arange(400) < 8, labels, a)
    row = paired_bootstrap(accuracy, a, b, labels)
    assert row is not None
    assert row.interval is not None
    assert row.interval[1] - row.interval[0] < 0.03


def test_a_figure_without_value_is_null_and_the_test_remains() -> None:
    made = compare(np.array([0.2, 0.9]), np.array([0.9, 0.9]), np.array([1, 1]))
    assert made.differences["auc"] is None
    assert made.differences["balanced_accuracy"] is None
    assert made.mcnemar.only_b == 1


@pytest.mark.parametrize("lengths", [(0, 0, 0), (2, 2, 3), (1, 2, 2)])
def test_what_cannot_be_paired_is_refused(lengths: tuple[int, int, int]) -> None:
    a, b, labels = (np.zeros(length) for length in lengths)
    with pytest.raises(ValueError, match="cannot be paired"):
        compare(a, b, labels.astype(np.int64))
