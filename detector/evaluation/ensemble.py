"""Several models as one, and whether that one is better than the best of them, row by row.

The ensemble's log-odds are a weighted mean of the members' calibrated log-odds: a logarithmic opinion pool (Genest and
Zidek, "Combining probability distributions", 1986, section 3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.bundles import Calibration
from detector.evaluation.comparison import Comparison, compare
from detector.evaluation.metrics import Labels, Scores, accuracy

_CERTAIN = 1e-12


@dataclass(frozen=True)
class Row:
    """One set of images: the members' and the ensemble's accuracy, the best member, and the ensemble against it.

    In `against_best` A is the best member and B the ensemble. `beaten`: the ensemble is right more often.
    """

    n: int
    members: dict[str, float]
    ensemble: float
    best: str
    beaten: bool
    against_best: Comparison


def log_odds(logits: NDArray[np.float64], calibration: Calibration) -> NDArray[np.float64]:
    """Calibrated log-odds of P(not real), same shape."""
    probabilities = np.clip(calibration.probabilities(logits), _CERTAIN, 1 - _CERTAIN)
    return np.asarray(np.log(probabilities / (1 - probabilities)))


def pooled(members: Sequence[NDArray[np.float64]], weights: Sequence[float] | None = None) -> Scores:
    """Probabilities (n,) of the weighted mean of the members' log-odds, each (n,); None weighs them alike.

    Raises ValueError unless there is one weight of 0 or more for each member, not all 0.
    """
    shares = np.ones(len(members)) if weights is None else np.array(weights, dtype=np.float64)
    if len(shares) != len(members) or not (shares >= 0).all() or not shares.sum() > 0:
        raise ValueError(f"{len(members)} members need as many weights of 0 or more, not all 0")
    mean = np.average(np.stack(members), axis=0, weights=shares)
    return np.asarray(1 / (1 + np.exp(-mean)))


def row(members: Mapping[str, NDArray[np.float64]], labels: Labels, weights: Sequence[float] | None = None) -> Row:
    """Members' log-odds (n,) by name, and labels (n,), as a row. The first of equally good members is the best."""
    alone = {name: pooled([odds]) for name, odds in members.items()}
    right = {name: accuracy(probabilities, labels) for name, probabilities in alone.items()}
    best = max(right, key=lambda name: right[name])
    together = pooled(list(members.values()), weights)
    reached = accuracy(together, labels)
    return Row(len(labels), right, reached, best, reached > right[best], compare(alone[best], together, labels))
