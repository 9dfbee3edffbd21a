"""The figures of the references' tables, with REAL as the positive class as there."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.evaluation import metrics
from detector.evaluation.scoring import Scored

Figures = dict[str, Any]


def figures(scored: Scored) -> Figures:
    """n, accuracy, loss, precision, recall, F1 (REAL positive), AUC and balanced accuracy of raw logits, four places.

    The threshold is a probability of 0.5. "intervals" are 95 % (bootstrap over images); a figure without a value,
    as of a class that is absent, is null. "sources" has the accuracy of each where there are several.
    """
    probabilities, labels = _probabilities(-scored.logits), 1 - scored.labels
    found: Figures = {"n": len(labels), "real": int(labels.sum())}
    found |= {name: _rounded(figure(probabilities, labels)) for name, figure in _FIGURES.items()}
    found["loss"] = _rounded(log_loss(scored.logits, scored.labels))
    spans = {name: metrics.bootstrap(_FIGURES[name], probabilities, labels) for name in ("accuracy", "f1", "auc")}
    found["intervals"] = {name: span and [round(end, 4) for end in span] for name, span in spans.items()}
    return found | _by_source(scored)


def without(scored: Scored, places: set[int]) -> Scored:
    """What was scored, without the images at these places."""
    kept = [place for place in range(len(scored.labels)) if place not in places]
    return part(scored, np.array(kept, dtype=np.int64))


def part(scored: Scored, places: NDArray[np.int64]) -> Scored:
    """What was scored at these places."""
    chosen = places.tolist()
    samples = [scored.samples[place] for place in chosen]
    return Scored(scored.logits[places], scored.labels[places], [scored.sources[place] for place in chosen], samples)


def log_loss(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> float | None:
    """Mean binary cross-entropy of raw logits (n,) against labels of 0 and 1; None for none."""
    return float(np.logaddexp(0, np.where(labels == 1, -logits, logits)).mean()) if len(labels) else None


def _probabilities(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    half: NDArray[np.float64] = 0.5 * (1 + np.tanh(np.clip(logits / 2, -350, 350)))
    return half


def _by_source(scored: Scored) -> Figures:
    sources = np.array(scored.sources)
    names = np.unique(sources)
    if len(names) < 2:
        return {}
    right = (scored.logits >= 0) == (scored.labels == 1)
    return {"sources": {str(name): _one_source(right[sources == name]) for name in names}}


def _one_source(right: NDArray[np.bool_]) -> Figures:
    interval = metrics.wilson(int(right.sum()), len(right))
    return {"n": len(right), "accuracy": _rounded(float(right.mean())), "interval": [round(end, 4) for end in interval]}


def _rounded(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, 4)


_FIGURES: dict[str, Callable[[metrics.Scores, metrics.Labels], float | None]] = {
    "accuracy": metrics.accuracy,
    "precision": metrics.precision,
    "recall": metrics.recall,
    "f1": metrics.f1,
    "auc": metrics.auc,
    "balanced_accuracy": metrics.balanced_accuracy,
}
