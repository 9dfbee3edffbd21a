"""What tells the classes apart although it should not: size, format and metadata of the files."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from detector.evaluation.metrics import Labels, Scores, auc, balanced_accuracy, bootstrap
from detector.images import ImageFacts

FEATURES = (
    "bytes",
    "width",
    "height",
    "bytes_per_pixel",
    "format",
    "quantisation",
    "progressive",
    "exif",
    "icc",
    "dpi",
)
_FORMATS = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/heic", "image/tiff", "image/bmp")
_FOLDS = 5
_DEALINGS = 5
Features = NDArray[np.float64]


def features_of(data: bytes, facts: ImageFacts) -> list[float]:
    """One number for each of `FEATURES`; the quantisation is the mean of a JPEG's luminance table, 0 for others."""
    with Image.open(io.BytesIO(data)) as image:
        tables: dict[int, list[int]] = getattr(image, "quantization", None) or {}
        marks = [float(name in image.info) for name in ("progressive", "exif", "icc_profile", "dpi")]
    density = facts.bytes / (facts.width * facts.height)
    table = float(np.mean(tables[0])) if 0 in tables else 0.0
    kind = float(_FORMATS.index(facts.media_type))
    return [float(facts.bytes), float(facts.width), float(facts.height), density, kind, table, *marks]


def giveaway(features: Features, labels: Labels, sources: Sequence[str], seed: int = 0) -> dict[str, Any]:
    """How well features (n, f) alone tell labels (n,), each fifth judged by gradient boosting on the other four.

    AUC with its 95 % interval and balanced accuracy over fifths drawn at random; "auc_across_sources" over fifths that
    keep every source whole, None where a class has one source.
    """
    chance = _held_out(
        features, labels, StratifiedKFold(_FOLDS, shuffle=True, random_state=seed).split(features, labels)
    )
    grouped = None
    if min(len({s for s, at in zip(sources, labels, strict=True) if at == label}) for label in (0, 1)) > 1:
        folds = min(_FOLDS, len(set(sources)))
        splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
        grouped = auc(_held_out(features, labels, splitter.split(features, labels, sources)), labels)
    return {
        "auc": _rounded(auc(chance, labels)),
        "interval": [_rounded(end) for end in bootstrap(auc, chance, labels) or (0.0, 1.0)],
        "balanced_accuracy": _rounded(balanced_accuracy(chance, labels)),
        "auc_across_sources": _rounded(grouped),
    }


def shuffled(features: Features, labels: Labels, seed: int = 0) -> dict[str, Any]:
    """How well features (n, f) tell labels that were dealt out anew at random: by chance, unless measuring leaks.

    Means over five dealings. "by_chance": the mean AUC lies within four standard errors of 0.5 (of the rank sum: Mann
    and Whitney 1947).
    """
    rng = np.random.default_rng(seed)
    dealings = [rng.permutation(labels) for _ in range(_DEALINGS)]
    scores = [_logistic(features, dealt, seed) for dealt in dealings]
    value = float(np.mean([auc(one, dealt) for one, dealt in zip(scores, dealings, strict=True)]))
    accuracy = float(np.mean([balanced_accuracy(one, dealt) for one, dealt in zip(scores, dealings, strict=True)]))
    ones, zeros = int(labels.sum()), int((1 - labels).sum())
    error = float(np.sqrt((ones + zeros + 1) / (12 * ones * zeros * _DEALINGS)))
    return {"auc": _rounded(value), "balanced_accuracy": _rounded(accuracy), "by_chance": abs(value - 0.5) <= 4 * error}


def _logistic(features: Features, labels: Labels, seed: int) -> Scores:
    scores = np.zeros(len(labels))
    for training, test in StratifiedKFold(_FOLDS, shuffle=True, random_state=seed).split(features, labels):
        model = LogisticRegression(max_iter=200).fit(features[training], labels[training])
        scores[test] = model.predict_proba(features[test])[:, 1]
    return scores


def _held_out(features: Features, labels: Labels, folds: Any) -> Scores:
    scores = np.full(len(labels), 0.5)
    for training, test in folds:
        if len(set(labels[training].tolist())) == 2:
            model = HistGradientBoostingClassifier(max_iter=60, random_state=0).fit(
                features[training], labels[training]
            )
            scores[test] = model.predict_proba(features[test])[:, 1]
    return scores


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
