"""One row: train as its authors said, test once, and a JSON report."""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detector.architectures import Network
from detector.engines import choose_device
from detector.evaluation.scoring import Scored, score
from detector.training import checkpoint, loop
from detector.training.packs import Sample
from detector.training.progress import EpochFigures, Place, Progress
from detector.training.recipe import Recipe
from detector.training.recipes import named
from detector.training.references.data import OFFICIAL, Images, in_memory
from detector.training.references.figures import Figures, figures, without
from detector.training.references.machine import machine
from detector.training.references.rows import Protocol, Row
from detector.training.subsets import limited

FOLDS = 5
_SMALL_SIDE = 64


@dataclass(frozen=True)
class Settings:
    """What the command may change: epochs (None: the recipe's), images of each class (None: all of the row's), seed,
    initial weights, device and the run's folder."""

    out: Path
    epochs: int | None = None
    seed: int = 0
    init: Path | None = None
    device: str = "auto"
    limit: int | None = None


def reproduce(row: Row, images: Images, settings: Settings, progress: Progress | None = None) -> Path:
    """Train and test a row, and write `<out>/<row>-seed<n>.json`, whose path is given back.

    A checkpoint in `<out>/<row>-seed<n>` is gone on from, and removed in the end. Raises CheckpointError for one of
    another run, ImageRefused for a file that is no image.
    """
    recipe = recipe_of(row, settings)
    images = dataclasses.replace(images, training=limited(images.training, settings.limit))
    run = _folds if row.protocol is Protocol.FOLDS else _split
    network, history, tested = run(recipe, images, settings, _folder(row, settings), progress or Progress())
    report = _facts(row, recipe, images, settings, network, history) | {"test": tested}
    path = settings.out / f"{_run_name(row, settings)}.json"
    path.write_text(json.dumps(report, indent=1) + "\n")
    checkpoint.remove(_folder(row, settings))
    return path


def recipe_of(row: Row, settings: Settings) -> Recipe:
    """The row's recipe with the epochs and seed of the settings."""
    recipe = named(row.recipe)
    return dataclasses.replace(recipe, epochs=settings.epochs or recipe.epochs, seed=settings.seed)


Outcome = tuple[Network, list[EpochFigures], dict[str, Figures]]


def _split(recipe: Recipe, images: Images, settings: Settings, folder: Path, progress: Progress) -> Outcome:
    network, history = _train(recipe, images.training, settings, folder, progress)
    tested: dict[str, Figures] = {}
    for name, samples in images.test.items():
        scored = score(network, recipe.input_spec(), samples)
        tested[name] = figures(scored)
        if name == OFFICIAL and 0 < len(images.leaked) < len(samples):
            tested["test without leaks"] = figures(without(scored, images.leaked))
    return network, history, tested


def _folds(recipe: Recipe, images: Images, settings: Settings, folder: Path, progress: Progress) -> Outcome:
    """Every image is scored by the one of five networks that was trained without its fold."""
    history: list[EpochFigures] = []
    parts: list[Scored] = []
    for fold in range(FOLDS):
        kept = [sample for place, sample in enumerate(images.training) if place % FOLDS != fold]
        left = [sample for place, sample in enumerate(images.training) if place % FOLDS == fold]
        network, seen = _train(recipe, kept, settings, folder / str(fold), progress)
        history += seen
        parts.append(score(network, recipe.input_spec(), left))
        checkpoint.remove(folder / str(fold))
    return network, history, {f"{FOLDS} folds together": figures(_joined(parts)), **_named_folds(parts)}


def _joined(parts: Sequence[Scored]) -> Scored:
    return Scored(
        np.concatenate([part.logits for part in parts]),
        np.concatenate([part.labels for part in parts]),
        [source for part in parts for source in part.sources],
    )


def _named_folds(parts: Sequence[Scored]) -> dict[str, Figures]:
    return {f"fold {number + 1}": figures(part) for number, part in enumerate(parts)}


def _train(
    recipe: Recipe, training: Sequence[Sample], settings: Settings, folder: Path, progress: Progress
) -> tuple[Network, list[EpochFigures]]:
    network = loop.begin(recipe, settings.init)
    samples = in_memory(training) if recipe.size <= _SMALL_SIDE else training
    place = Place(choose_device(settings.device), folder=folder)
    return network, loop.train(recipe, network, samples, (), progress, place)


def _facts(
    row: Row, recipe: Recipe, images: Images, settings: Settings, network: Network, history: Sequence[EpochFigures]
) -> dict[str, Any]:
    labels = [sample.label for sample in images.training]
    return {
        "row": row.name,
        "seed": settings.seed,
        "images": {"0": labels.count(0), "1": labels.count(1), "available": images.available},
        "limit": settings.limit,
        "epochs": recipe.epochs,
        "recipe_epochs": named(row.recipe).epochs,
        "began_from": settings.init.name if settings.init else "random weights",
        "parameters": sum(parameter.numel() for parameter in network.module().parameters()),
        "seconds": round(sum(one.seconds for one in history)),
        "losses": [round(one.loss, 4) for one in history],
        "machine": machine(choose_device(settings.device), recipe.precision),
        "recipe": dataclasses.asdict(recipe),
        "leaked": len(images.leaked),
    }


def _folder(row: Row, settings: Settings) -> Path:
    return settings.out / _run_name(row, settings)


def _run_name(row: Row, settings: Settings) -> str:
    return f"{row.name}-seed{settings.seed}"
