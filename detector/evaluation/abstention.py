"""Error against the share of images that are answered: what silence on the unsure ones buys."""

from dataclasses import dataclass

import numpy as np

from detector.evaluation.metrics import Interval, Labels, Scores, wilson

SHARES = (1.0, 0.98, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)


@dataclass(frozen=True)
class Answered:
    """The share of images that is answered, how many these are, and the share of them judged wrongly.

    `interval`: 95 % interval of the error (Wilson 1927).
    """

    share: float
    n: int
    error: float
    interval: Interval


def error_by_share(probabilities: Scores, labels: Labels) -> list[Answered]:
    """Error among the surest images, at each of `SHARES` of all; sureness is the distance from 0.5.

    The risk-coverage curve (El-Yaniv and Wiener, "On the foundations of noise-free selective classification", 2010).
    """
    surest = np.argsort(-np.abs(probabilities - 0.5), kind="stable")
    wrong = np.cumsum(((probabilities >= 0.5) != (labels == 1))[surest])
    counts = [(share, max(1, round(share * len(labels)))) for share in SHARES]
    return [_answered(share, n, int(wrong[n - 1])) for share, n in counts]


def answered_by_thresholds(probabilities: Scores, labels: Labels, review: float, label: float) -> Answered | None:
    """What lies outside the band from `review` up to `label`, and its error; None when nothing does."""
    answered = (probabilities < review) | (probabilities >= label)
    n = int(answered.sum())
    wrong = ((probabilities >= label) != (labels == 1)) & answered
    return _answered(n / len(labels), n, int(wrong.sum())) if n else None


def _answered(share: float, n: int, wrong: int) -> Answered:
    return Answered(share, n, wrong / n, wilson(wrong, n))
