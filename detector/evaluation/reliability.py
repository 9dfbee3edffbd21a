"""Whether a probability means what it says: the reliability curve, and the error that chance alone would leave."""

from dataclasses import dataclass

import numpy as np

from detector.evaluation.metrics import Interval, Labels, Scores, expected_calibration_error, wilson

BINS = 15
_RESAMPLES = 1000


@dataclass(frozen=True)
class Bin:
    """The images whose probability lies in low..high: how many, their mean probability, and the share not real.

    `interval`: 95 % interval of that share (Wilson 1927).
    """

    low: float
    high: float
    n: int
    probability: float
    share: float
    interval: Interval


def reliability(probabilities: Scores, labels: Labels) -> list[Bin]:
    """The bins of equal width that hold any image, from 0 to 1."""
    places = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    return [_bin(place, probabilities[places == place], labels[places == place]) for place in np.unique(places)]


def calibrated_band(probabilities: Scores, seed: int = 0) -> Interval:
    """95 % band of the calibration error of a perfectly calibrated model that gives these very probabilities.

    Each of 1,000 resamples draws every label anew with the probability given: what it errs by is chance alone
    (consistency resampling: Broecker and Smith, "Increasing the reliability of reliability diagrams", 2007).
    """
    rng = np.random.default_rng(seed)
    drawn = ((rng.random(len(probabilities)) < probabilities).astype(np.int64) for _ in range(_RESAMPLES))
    low, high = np.quantile([expected_calibration_error(probabilities, labels) for labels in drawn], [0.025, 0.975])
    return float(low), float(high)


def _bin(place: int, probabilities: Scores, labels: Labels) -> Bin:
    positives, n = int(labels.sum()), len(labels)
    span = place / BINS, (place + 1) / BINS
    return Bin(*span, n, float(probabilities.mean()), positives / n, wilson(positives, n))
