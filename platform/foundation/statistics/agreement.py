"""How far two readers agree beyond what chance alone would make them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from foundation.statistics.shares import Interval, Share, Z, of

Pair = tuple[str, str]
Shares = dict[str, float]


@dataclass(frozen=True)
class Agreement:
    """``share`` of equal answers, and Cohen's kappa: 1 is full agreement, 0 is what chance makes.

    ``kappa`` is None where both gave one and the same answer to everything: then chance explains it all. ``interval``
    (95 %) is None there and where no pair differs: no spread was seen, and none would be claimed too surely.
    """

    share: Share
    kappa: float | None
    interval: Interval | None


def cohen(pairs: Iterable[Pair]) -> Agreement | None:
    """Return how far the two answers (first, second) to each case agree; None of no cases.

    Kappa: Cohen, "A coefficient of agreement for nominal scales" (1960). Interval: the large-sample standard error of
    Fleiss, Cohen and Everitt, "Large sample standard errors of kappa and weighted kappa" (1969), formula 13.
    """
    counts = Counter(pairs)
    n = counts.total()
    share = of(sum(count for (one, other), count in counts.items() if one == other), n)
    if share is None:
        return None
    first, second = _margins(counts, n)
    chance = sum(first[label] * second.get(label, 0.0) for label in first)
    if chance == 1:
        return Agreement(share, None, None)
    kappa = (share.value - chance) / (1 - chance)
    if share.hits == n:
        return Agreement(share, kappa, None)
    half = Z * sqrt(max(0.0, _spread(counts, (first, second), kappa, chance)) / n) / (1 - chance)
    return Agreement(share, kappa, (max(-1.0, kappa - half), min(1.0, kappa + half)))


def _margins(counts: Counter[Pair], n: int) -> tuple[Shares, Shares]:
    first: Counter[str] = Counter()
    second: Counter[str] = Counter()
    for (one, other), count in counts.items():
        first[one] += count
        second[other] += count
    return {label: count / n for label, count in first.items()}, {label: count / n for label, count in second.items()}


def _spread(counts: Counter[Pair], margins: tuple[Shares, Shares], kappa: float, chance: float) -> float:
    first, second = margins
    n = counts.total()
    found = -((kappa - chance * (1 - kappa)) ** 2)
    for (one, other), count in counts.items():
        if one == other:
            found += count / n * (1 - (first[one] + second[one]) * (1 - kappa)) ** 2
        else:
            found += count / n * (1 - kappa) ** 2 * (second.get(one, 0.0) + first.get(other, 0.0)) ** 2
    return found
