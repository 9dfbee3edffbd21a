"""The figures of one bundle on one set of images, as JSON-ready dictionaries."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from detector.bundles import Bundle
from detector.evaluation import metrics
from detector.evaluation.abstention import answered_by_thresholds, error_by_share
from detector.evaluation.reliability import calibrated_band, reliability
from detector.evaluation.robustness import CONDITIONS
from detector.evaluation.scoring import Progress, Scored, score
from detector.training.dataset import Treatment
from detector.training.packs import PackError, Sample

Report = dict[str, Any]
_CLASSES = {0: "real", 1: "not real"}
_SMALL = 20
_WITH_INTERVAL = {
    "accuracy": metrics.accuracy,
    "balanced_accuracy": metrics.balanced_accuracy,
    "auc": metrics.auc,
    "precision": metrics.precision,
    "recall": metrics.recall,
    "f1": metrics.f1,
}


def evaluate(
    bundle: Bundle, samples: Sequence[Sample], treatment: Treatment | None = None, progress: Progress | None = None
) -> Report:
    """Score samples, each whole as the bundle's own input (no face search), and give their `report`.

    A file that cannot be read is a row of "unreadable" and no part of the figures. Raises PackError when none can be.
    """
    return report(bundle, scored_by(bundle, samples, treatment, progress))


def evaluate_conditions(
    bundle: Bundle, samples: Sequence[Sample], names: Sequence[str] = tuple(CONDITIONS)
) -> dict[str, Report]:
    """One report for each of the named conditions of `robustness.CONDITIONS`. Raises KeyError for an unknown one.

    The curves are those of the first condition alone: a card has no room for more.
    """
    reports = {name: evaluate(bundle, samples, CONDITIONS[name]) for name in names}
    for made in list(reports.values())[1:]:
        for curve in ("reliability", "error_by_share"):
            del made[curve]
    return reports


def scored_by(
    bundle: Bundle, samples: Sequence[Sample], treatment: Treatment | None = None, progress: Progress | None = None
) -> Scored:
    """Logits of the samples that can be read. Raises PackError when none can be."""
    scored = score(bundle.network, bundle.card.input, samples, treatment, skip_unread=True, progress=progress)
    if not len(scored.labels):
        reason = scored.unread[0].reason if scored.unread else "There is none."
        raise PackError(f"None of the {len(samples)} files can be judged. {reason}")
    return scored


def report(bundle: Bundle, scored: Scored) -> Report:
    """The figures of images that are scored already, rounded to four places; positive is "not real", from 0.5 up.

    n, accuracy, balanced_accuracy, auc, precision, recall, f1, ece, false_alarm_rate, abstained (null where a class
    is absent that a figure needs); "intervals" (95 %, bootstrap); "ece_band" (the 95 % band of a perfectly calibrated
    model with these probabilities); "confusion" (true class -> class given); "answered" (outside the card's band) and
    "error_by_share"; "reliability"; "sources" (name -> n, accuracy and its 95 % interval by Wilson);
    "small_sources" (those of fewer than 20 images, pooled by class); "unreadable".
    """
    thresholds = bundle.card.thresholds
    probabilities = bundle.card.calibration.probabilities(scored.logits)
    return report_of(probabilities, scored, thresholds.review, thresholds.label)


def report_of(probabilities: metrics.Scores, scored: Scored, review: float = 0.5, label: float = 0.5) -> Report:
    """The `report` of images with these calibrated probabilities (n,); no image is passed over by default."""
    labels = scored.labels
    figures = {name: figure(probabilities, labels) for name, figure in _WITH_INTERVAL.items()} | {
        "ece": metrics.expected_calibration_error(probabilities, labels),
        "false_alarm_rate": metrics.false_alarm_rate(probabilities, labels),
        "abstained": metrics.abstained(probabilities, review, label),
    }
    answered = answered_by_thresholds(probabilities, labels, review, label)
    made: Report = _rounded(
        {
            "n": len(labels),
            **figures,
            "intervals": _intervals(probabilities, labels),
            "ece_band": calibrated_band(probabilities),
            "answered": answered and dataclasses.asdict(answered),
            "error_by_share": [dataclasses.asdict(row) for row in error_by_share(probabilities, labels)],
            "reliability": [dataclasses.asdict(row) for row in reliability(probabilities, labels)],
            "sources": _by_source(probabilities, scored),
            "small_sources": _small_sources(probabilities, scored),
        }
    )
    return made | {"confusion": _confusion(probabilities, labels), "unreadable": _unreadable(scored)}


def _intervals(probabilities: metrics.Scores, labels: metrics.Labels) -> dict[str, metrics.Interval | None]:
    return {name: metrics.bootstrap(figure, probabilities, labels) for name, figure in _WITH_INTERVAL.items()}


def _confusion(probabilities: metrics.Scores, labels: metrics.Labels) -> dict[str, dict[str, int]]:
    kept, alarms, missed, found = metrics.confusion(probabilities, labels)
    return {"real": {"real": kept, "not real": alarms}, "not real": {"real": missed, "not real": found}}


def _unreadable(scored: Scored) -> list[dict[str, str]]:
    return [{"file": name_of(row.sample), "reason": row.reason} for row in scored.unread]


def name_of(sample: Sample) -> str:
    """The file's path, or its name in its tar file."""
    return str(sample.path) if sample.data is None else f"{sample.path}: {sample.name}"


def _by_source(probabilities: metrics.Scores, scored: Scored) -> dict[str, Report]:
    right = (probabilities >= 0.5) == (scored.labels == 1)
    sources = np.array(scored.sources)
    return {
        str(name): _one_source(right[sources == name], scored.labels[sources == name]) for name in np.unique(sources)
    }


def _small_sources(probabilities: metrics.Scores, scored: Scored) -> dict[str, Report]:
    """By class, the pooled images of the sources that are too small for a figure of their own."""
    right = (probabilities >= 0.5) == (scored.labels == 1)
    sizes = Counter(scored.sources)
    small = np.array([sizes[source] < _SMALL for source in scored.sources], dtype=bool)
    pooled = {name: small & (scored.labels == label) for label, name in _CLASSES.items()}
    return {name: _one_source(right[at], scored.labels[at]) for name, at in pooled.items() if at.any()}


def _one_source(right: np.ndarray[Any, np.dtype[np.bool_]], labels: metrics.Labels) -> Report:
    return {
        "n": len(right),
        "accuracy": float(right.mean()),
        "interval": metrics.wilson(int(right.sum()), len(right)),
        "label": " and ".join(_CLASSES[label] for label in sorted(set(labels.tolist()))),
    }


def _rounded(value: Any) -> Any:
    """Every float in it to four places, tuples as lists."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list | tuple) else value
