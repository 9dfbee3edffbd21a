"""Shares: published intervals, and weights that count as they should."""

import pytest

from foundation.statistics.shares import of, weighted, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(hits: int, n: int, low: float, high: float) -> None:
    """Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3."""
    assert wilson(hits, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_share_of_nothing_is_none_and_its_interval_says_nothing() -> None:
    assert of(0, 0) is None
    assert weighted([]) is None
    assert wilson(0, 0) == (0.0, 1.0)


def test_interval_of_all_ends_at_one() -> None:
    assert wilson(10, 10) == (pytest.approx(0.7225, abs=5e-5), pytest.approx(1.0, abs=1e-12))


def test_equal_weights_make_the_plain_share() -> None:
    plain, heavy = of(3, 8), weighted([(True, 20.0)] * 3 + [(False, 20.0)] * 5)
    assert plain is not None
    assert heavy is not None
    assert (heavy.hits, heavy.n, heavy.value) == (3, 8, 0.375)
    assert (heavy.low, heavy.high) == (pytest.approx(plain.low), pytest.approx(plain.high))


def test_case_drawn_one_in_ten_counts_for_ten() -> None:
    share = weighted([(True, 10.0), (False, 1.0), (False, 1.0)])
    assert share is not None
    assert share.value == pytest.approx(10 / 12)
    effective = 12**2 / 102
    assert (share.low, share.high) == pytest.approx(wilson(10 / 12 * effective, effective))
    assert share.high - share.low > 0.6
