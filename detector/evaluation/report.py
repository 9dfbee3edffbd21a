"""The figures of one bundle on one set of images, as JSON-ready dictionaries."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from detector.bundles import Bundle
from detector.evaluation import metrics
from detector.evaluation.robustness import CONDITIONS
from detector.evaluation.scoring import Scored, score
from detector.training.dataset import Treatment
from detector.training.packs import Sample

Report = dict[str, Any]


def evaluate(bundle: Bundle, samples: Sequence[Sample], treatment: Treatment | None = None) -> Report:
    """n, accuracy, balanced_accuracy, auc, ece, false_alarm_rate, abstained, and sources (name -> n, accuracy).

    Every file is the bundle's own input: no face search. Figures are rounded to four places; those that need both
    classes are null when one is absent. Accuracies of sources bear their 95 % interval (Wilson), the others theirs
    under "intervals" (bootstrap). Raises ImageRefused for a file that is no image.
    """
    scored = score(bundle.network, bundle.card.input, samples, treatment)
    return report(bundle, scored)


def evaluate_conditions(bundle: Bundle, samples: Sequence[Sample]) -> dict[str, Report]:
    """One report for each condition of `robustness.CONDITIONS`."""
    return {name: evaluate(bundle, samples, treatment) for name, treatment in CONDITIONS.items()}


def report(bundle: Bundle, scored: Scored) -> Report:
    """The figures of images that are scored already."""
    probabilities = bundle.card.calibration.probabilities(scored.logits)
    labels, thresholds = scored.labels, bundle.card.thresholds
    figures: dict[str, float | None] = {
        "accuracy": metrics.accuracy(probabilities, labels),
        "balanced_accuracy": metrics.balanced_accuracy(probabilities, labels),
        "auc": metrics.auc(probabilities, labels),
        "ece": metrics.expected_calibration_error(probabilities, labels),
        "false_alarm_rate": metrics.false_alarm_rate(probabilities, labels),
        "abstained": metrics.abstained(probabilities, thresholds.review, thresholds.label),
    }
    return {
        "n": len(labels),
        **{name: _rounded(value) for name, value in figures.items()},
        "intervals": _intervals(probabilities, labels),
        "sources": _by_source(probabilities, scored),
    }


def _intervals(probabilities: metrics.Scores, labels: metrics.Labels) -> dict[str, list[float] | None]:
    figures = {"accuracy": metrics.accuracy, "balanced_accuracy": metrics.balanced_accuracy, "auc": metrics.auc}
    spans = {name: metrics.bootstrap(figure, probabilities, labels) for name, figure in figures.items()}
    return {name: span and [round(end, 4) for end in span] for name, span in spans.items()}


def _by_source(probabilities: metrics.Scores, scored: Scored) -> dict[str, Report]:
    right = (probabilities >= 0.5) == (scored.labels == 1)
    sources = np.array(scored.sources)
    return {
        str(name): _one_source(right[sources == name], scored.labels[sources == name]) for name in np.unique(sources)
    }


def _one_source(right: np.ndarray[Any, np.dtype[np.bool_]], labels: metrics.Labels) -> Report:
    interval = metrics.wilson(int(right.sum()), len(right))
    classes = {0: "real", 1: "not real"}
    return {
        "n": len(right),
        "accuracy": round(float(right.mean()), 4),
        "interval": [round(end, 4) for end in interval],
        "label": " and ".join(classes[label] for label in sorted(set(labels.tolist()))),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
