"""Two models on the very same images: is one better, or was it luck."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from detector.evaluation.metrics import Interval, Labels, Scores, accuracy, auc, balanced_accuracy

_RESAMPLES = 1000
_FIGURES = {"accuracy": accuracy, "balanced_accuracy": balanced_accuracy, "auc": auc}
Flags = NDArray[np.bool_]
Figure = Callable[[Scores, Labels], float | None]


@dataclass(frozen=True)
class McNemar:
    """Images that A alone and B alone judge rightly, and the two-sided p-values that both are as often right."""

    only_a: int
    only_b: int
    exact: float
    mid_p: float


@dataclass(frozen=True)
class Difference:
    """A figure of A and of B, B - A, and the 95 % interval of that; the interval is None where it has no value."""

    a: float
    b: float
    difference: float
    interval: Interval | None


@dataclass(frozen=True)
class Comparison:
    """n images, the test of who is right how often, and the differences by figure (null where a class is absent)."""

    n: int
    mcnemar: McNemar
    differences: dict[str, Difference | None]


def compare(a: Scores, b: Scores, labels: Labels, seed: int = 0) -> Comparison:
    """Compare probabilities (n,) of P(not real) that A and B give the same images with `labels` (n,) of 0 and 1.

    Raises ValueError unless all three are of one length above 0.
    """
    if not len(a) == len(b) == len(labels) > 0:
        raise ValueError(f"{len(a)} and {len(b)} probabilities cannot be paired over {len(labels)} labels")
    differences = {name: paired_bootstrap(figure, a, b, labels, seed) for name, figure in _FIGURES.items()}
    return Comparison(len(labels), mcnemar(_right(a, labels), _right(b, labels)), differences)


def mcnemar(right_a: Flags, right_b: Flags) -> McNemar:
    """Exact conditional and mid-p McNemar test of two (n,) boolean arrays of who judged which image rightly.

    With k the smaller of the two counts of one alone being right and X binomial(their sum, 1/2): exact = 2 P(X <= k),
    mid-p = 2 P(X < k) + P(X = k), both at most 1 (Fagerland, Lydersen and Laake, "The McNemar test for binary
    matched-pairs data", 2013). The mid-p value is the one to read; the exact one is conservative.
    """
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    n, k = only_a + only_b, min(only_a, only_b)
    below, at = _binomials(n, k)
    exact, mid_p = Fraction(2 * (below + at), 2**n), Fraction(2 * below + at, 2**n)
    return McNemar(only_a, only_b, min(1.0, float(exact)), min(1.0, float(mid_p)))


def _binomials(n: int, k: int) -> tuple[int, int]:
    """The sum of the binomial coefficients of n under k, and the one at k."""
    below, at = 0, 1
    for i in range(k):
        below, at = below + at, at * (n - i) // (i + 1)
    return below, at


def paired_bootstrap(figure: Figure, a: Scores, b: Scores, labels: Labels, seed: int = 0) -> Difference | None:
    """The difference of a figure and its 95 % percentile interval over 1,000 resamples of the images, drawn in pairs.

    None when the figure has no value on the images as they are.
    """
    of_a, of_b = figure(a, labels), figure(b, labels)
    if of_a is None or of_b is None:
        return None
    return Difference(of_a, of_b, of_b - of_a, _interval(figure, a, b, labels, seed))


def _interval(figure: Figure, a: Scores, b: Scores, labels: Labels, seed: int) -> Interval | None:
    rng = np.random.default_rng(seed)
    differences = []
    for _ in range(_RESAMPLES):
        pick = rng.integers(len(labels), size=len(labels))
        of_a, of_b = figure(a[pick], labels[pick]), figure(b[pick], labels[pick])
        if of_a is not None and of_b is not None:
            differences.append(of_b - of_a)
    if not differences:
        return None
    low, high = np.quantile(differences, [0.025, 0.975])
    return float(low), float(high)


def _right(probabilities: Scores, labels: Labels) -> Flags:
    return np.asarray((probabilities >= 0.5) == (labels == 1))
