"""Figures of scores against labels. Probabilities (n,) are P(not real), 0..1; labels (n,) are 0 (real) or 1."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Labels = NDArray[np.int64]
Interval = tuple[float, float]

_Z = 1.959964
_BINS = 15
_RESAMPLES = 1000


def accuracy(probabilities: Scores, labels: Labels) -> float:
    """Share judged rightly when 0.5 and more means not real."""
    return float(((probabilities >= 0.5) == (labels == 1)).mean())


def balanced_accuracy(probabilities: Scores, labels: Labels) -> float | None:
    """Mean of the two classes' accuracies, or None when a class is absent."""
    if len(set(labels.tolist())) < 2:
        return None
    right = (probabilities >= 0.5) == (labels == 1)
    return float((right[labels == 0].mean() + right[labels == 1].mean()) / 2)


def auc(probabilities: Scores, labels: Labels) -> float | None:
    """Chance that an image that is not real scores above a real one (ties count half); None when a class is absent."""
    positives, negatives = int((labels == 1).sum()), int((labels == 0).sum())
    if not positives or not negatives:
        return None
    _, places, counts = np.unique(probabilities, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return float((ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def false_alarm_rate(probabilities: Scores, labels: Labels) -> float | None:
    """Share of the real images at 0.5 or more; None when there are none."""
    real = probabilities[labels == 0]
    return float((real >= 0.5).mean()) if len(real) else None


def confusion(probabilities: Scores, labels: Labels) -> tuple[int, int, int, int]:
    """Images by (true class, class given at 0.5): (real, real), (real, not real), (not real, real), (both not real)."""
    given = (probabilities >= 0.5).astype(np.int64)
    kept, alarms, missed, found = np.bincount(2 * labels + given, minlength=4).tolist()
    return kept, alarms, missed, found


def precision(probabilities: Scores, labels: Labels) -> float | None:
    """Share of what is called not real that is; None when nothing is called so."""
    _, alarms, _, found = confusion(probabilities, labels)
    return found / (found + alarms) if found + alarms else None


def recall(probabilities: Scores, labels: Labels) -> float | None:
    """Share of what is not real that is called so; None when nothing is."""
    _, _, missed, found = confusion(probabilities, labels)
    return found / (found + missed) if found + missed else None


def f1(probabilities: Scores, labels: Labels) -> float | None:
    """Harmonic mean of precision and recall of "not real"; None when nothing is or is called so."""
    _, alarms, missed, found = confusion(probabilities, labels)
    return 2 * found / (2 * found + alarms + missed) if found + alarms + missed else None


def expected_calibration_error(probabilities: Scores, labels: Labels) -> float:
    """Mean distance of probability and outcome over 15 bins of equal width, weighted by the bins' sizes."""
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, weights=probabilities - labels, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(labels))


def abstained(probabilities: Scores, review: float, label: float) -> float:
    """Share in the band from `review` up to, and without, `label`."""
    return float(((probabilities >= review) & (probabilities < label)).mean())


def wilson(right: int, n: int) -> Interval:
    """95 % interval of a share of `right` in `n` (Wilson 1927); (0, 1) for none."""
    if n == 0:
        return 0.0, 1.0
    share, slack = right / n, _Z**2 / n
    centre = (share + slack / 2) / (1 + slack)
    half = _Z * np.sqrt(share * (1 - share) / n + slack / (4 * n)) / (1 + slack)
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def bootstrap(
    figure: Callable[[Scores, Labels], float | None], probabilities: Scores, labels: Labels, seed: int = 0
) -> Interval | None:
    """95 % percentile interval of a figure over 1,000 resamples of the images; None where the figure has no value."""
    rng = np.random.default_rng(seed)
    drawn = (rng.integers(len(labels), size=len(labels)) for _ in range(_RESAMPLES))
    values = [value for pick in drawn if (value := figure(probabilities[pick], labels[pick])) is not None]
    if not values:
        return None
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
