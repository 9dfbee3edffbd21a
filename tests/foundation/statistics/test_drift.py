"""Drift: the index by hand, and the limit that chance stays under."""

import random
from math import log

import pytest

from foundation.statistics.drift import BINS, CHI_SQUARED, stability


def test_same_shares_have_not_moved() -> None:
    drift = stability([10] * BINS, [10] * BINS)
    assert drift is not None
    assert (drift.index, drift.before, drift.now, drift.moved) == (0.0, 100, 100, False)


def test_index_is_the_sum_over_the_bins() -> None:
    drift = stability([99_999] + [0] * 9, [0] * 9 + [99_999])
    assert drift is not None
    large, small = 99_999.5 / 100_004, 0.5 / 100_004
    assert drift.index == pytest.approx(2 * (large - small) * log(large / small))
    assert drift.moved


def test_limit_is_chi_squared_over_the_sizes() -> None:
    drift = stability([50] * BINS, [10] * BINS)
    assert drift is not None
    assert drift.limit == pytest.approx(CHI_SQUARED * (1 / 500 + 1 / 100))


def test_chance_alone_stays_under_the_limit_nineteen_times_in_twenty() -> None:
    draw = random.Random(3)

    def sample(size: int) -> list[int]:
        counts = [0] * BINS
        for _ in range(size):
            counts[draw.randrange(BINS)] += 1
        return counts

    drifts = [stability(sample(400), sample(200)) for _ in range(300)]
    assert 0.01 < sum(drift is not None and drift.moved for drift in drifts) / 300 < 0.09


def test_empty_side_says_nothing() -> None:
    assert stability([0] * BINS, [1] * BINS) is None
    assert stability([1] * BINS, [0] * BINS) is None


def test_other_number_of_bins_is_refused() -> None:
    with pytest.raises(ValueError, match="9 and 10 bins"):
        stability([1] * 9, [1] * 10)
