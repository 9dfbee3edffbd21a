"""A recipe trained and judged anew on each fold, so that every image is judged by a model that never saw it."""

import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detector.bundles import BundleError, load
from detector.evaluation import metrics
from detector.evaluation.folds import Fold
from detector.evaluation.report import report_of, scored_by
from detector.evaluation.scoring import Scored
from detector.training.packs import PackError
from detector.training.progress import Place, Progress
from detector.training.recipe import Recipe
from detector.training.run import Plan, run

REPORT = "cross-validation.json"
_IDENTITY = "fold.json"
_FIGURES = {"accuracy": metrics.accuracy, "balanced_accuracy": metrics.balanced_accuracy, "auc": metrics.auc}


def cross_validate(
    recipe: Recipe,
    plan: Plan,
    folds: Sequence[Fold],
    progress: Progress | None = None,
    announce: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Train `recipe` on each fold's training part and judge its test part; write and return the report.

    Each fold's bundle, report and checkpoint lie in `plan.out/fold-<name>/`: a run that was broken off goes on, and
    does not train a finished fold again. Figures: of each fold; their mean and standard deviation over the folds
    (which share training images: no interval follows from it); and of all images pooled, with intervals over images.
    Raises PackError for a folder that holds the folds of another recipe or of other data.
    """
    rows, probabilities, parts = [], [], []
    for number, fold in enumerate(folds):
        announce(f"fold {number + 1} of {len(folds)}: {fold.name}, {len(fold.test):,} images to judge")
        row, given, scored = _one(recipe, plan, fold, progress)
        rows.append(row)
        probabilities.append(given)
        parts.append(scored)
    report = {
        "recipe": dataclasses.asdict(recipe),
        "packs": list(plan.packs),
        "folds": rows,
        "mean": {name: _summary([row[name] for row in rows]) for name in _FIGURES},
        "pooled": report_of(np.concatenate(probabilities), _pooled(parts)),
    }
    (plan.out / REPORT).write_text(json.dumps(report, indent=2) + "\n")
    return report


def _one(
    recipe: Recipe, plan: Plan, fold: Fold, progress: Progress | None
) -> tuple[dict[str, Any], metrics.Scores, Scored]:
    folder = plan.out / f"fold-{_harmless(fold.name)}"
    own = dataclasses.replace(plan, samples=fold.training, out=folder, version=f"{plan.version}, fold {fold.name}")
    if not _finished(folder, identity := Place().identity(recipe, fold.training)):
        run(recipe, own, progress)
        (folder / _IDENTITY).write_text(json.dumps({"identity": identity}) + "\n")
    bundle = load(folder)
    scored = scored_by(bundle, fold.test)
    probabilities = bundle.card.calibration.probabilities(scored.logits)
    figures = {name: figure(probabilities, scored.labels) for name, figure in _FIGURES.items()}
    sizes = {"fold": fold.name, "training": len(fold.training), "n": len(scored.labels)}
    return sizes | figures | {"seconds": bundle.card.training["seconds"]}, probabilities, scored


def _finished(folder: Path, identity: str) -> bool:
    """Whether this very fold is done. Raises PackError when another one lies there."""
    try:
        known = json.loads((folder / _IDENTITY).read_text())["identity"]
        load(folder)
    except FileNotFoundError:
        return False
    except (BundleError, ValueError, KeyError, TypeError, OSError) as error:
        raise PackError(f"{folder} cannot be gone on from: {error}.") from error
    if known != identity:
        raise PackError(f"{folder} holds a fold of another recipe or of other data; give another folder.")
    return True


def _pooled(parts: Sequence[Scored]) -> Scored:
    return Scored(
        np.concatenate([part.logits for part in parts]),
        np.concatenate([part.labels for part in parts]),
        [source for part in parts for source in part.sources],
        [sample for part in parts for sample in part.samples],
        [row for part in parts for row in part.unread],
    )


def _summary(values: Sequence[float | None]) -> dict[str, Any] | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    deviation = float(np.std(known, ddof=1)) if len(known) > 1 else None
    return {"mean": float(np.mean(known)), "deviation": deviation, "folds": len(known)}


def _harmless(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)[:80]
