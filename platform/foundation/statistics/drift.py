"""Whether a distribution of scores has moved, and how far chance alone would seem to move it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

BINS = 10
CHI_SQUARED = 16.918977604620448  # 95 % quantile with BINS - 1 degrees of freedom
HALF = 0.5  # added to each bin, so that an empty one has a logarithm


@dataclass(frozen=True)
class Drift:
    """The population stability index of ``now`` against ``before`` (numbers of scores), and what chance stays under."""

    index: float
    limit: float
    before: int
    now: int

    @property
    def moved(self) -> bool:
        """Say whether the index is above what 95 of 100 pairs of samples of one distribution stay under."""
        return self.index > self.limit


def stability(before: Sequence[int], now: Sequence[int]) -> Drift | None:
    """Compare two histograms of BINS counts each; None where either is empty.

    Index: sum of (q - p) ln(q / p) over the bins' shares (Siddiqi, "Credit Risk Scorecards", 2006; it is Kullback's
    divergence J of 1959). Limit: of two samples of one distribution, sized n and m, the index is about (1/n + 1/m)
    times chi-squared with BINS - 1 degrees of freedom (Yurdakul and Naranjo, "Statistical properties of the population
    stability index", 2020), so that small samples do not raise an alarm by being small.

    Raises:
        ValueError: a histogram has another number of bins.
    """
    if not len(before) == len(now) == BINS:
        raise ValueError(f"{len(before)} and {len(now)} bins are not {BINS}.")
    n, m = sum(before), sum(now)
    if not n or not m:
        return None
    pairs = zip(_shares(before, n), _shares(now, m), strict=True)
    return Drift(sum((q - p) * log(q / p) for p, q in pairs), CHI_SQUARED * (1 / n + 1 / m), n, m)


def _shares(counts: Sequence[int], n: int) -> list[float]:
    return [(count + HALF) / (n + HALF * BINS) for count in counts]
