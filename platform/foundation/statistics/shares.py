"""A share with its 95 % interval, of cases that count alike or stand for different numbers of others."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054
Interval = tuple[float, float]


@dataclass(frozen=True)
class Share:
    """``hits`` of ``n`` cases, as a share 0..1 with its 95 % interval; weighted where cases stand for others."""

    hits: int
    n: int
    value: float
    low: float
    high: float


def wilson(hits: float, n: float) -> Interval:
    """Return the 95 % interval of a share of ``hits`` in ``n``; (0, 1) for none.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    """
    if not n:
        return 0.0, 1.0
    share, slack = hits / n, Z * Z / n
    centre = (share + slack / 2) / (1 + slack)
    half = Z * sqrt(share * (1 - share) / n + slack / (4 * n)) / (1 + slack)
    return max(0.0, centre - half), min(1.0, centre + half)


def of(hits: int, n: int) -> Share | None:
    """Return the share of ``hits`` in ``n`` cases that count alike; None of no cases."""
    return Share(hits, n, hits / n, *wilson(hits, n)) if n else None


def weighted(cases: Iterable[tuple[bool, float]]) -> Share | None:
    """Return the share of the hits among cases that each stand for ``weight`` others: (hit, weight > 0).

    The value is the ratio estimator of Hajek (1971) with the weights of Horvitz and Thompson (1952): one over the
    chance that a case had to be drawn. The interval is Wilson's at the effective size of Kish ("Survey Sampling",
    1965, 11.7): (sum of w)^2 / sum of w^2, which is n where all weights are equal. None of no cases.
    """
    drawn = list(cases)
    total = sum(weight for _, weight in drawn)
    if not drawn:
        return None
    value = sum(weight for hit, weight in drawn if hit) / total
    effective = total**2 / sum(weight**2 for _, weight in drawn)
    return Share(sum(hit for hit, _ in drawn), len(drawn), value, *wilson(value * effective, effective))
