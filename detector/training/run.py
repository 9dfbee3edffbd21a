"""One training run: packs and a recipe in, a bundle and its report out."""

import dataclasses
import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from detector.architectures import Network
from detector.bundles import Card, save
from detector.bundles.card import Calibration, Thresholds
from detector.engines import choose_device
from detector.evaluation.scoring import score
from detector.training import loop
from detector.training.augmentation import degrade
from detector.training.calibration import fit_temperature, propose_thresholds
from detector.training.packs import PackError, Sample, hold_out
from detector.training.recipe import CLASSES, Recipe

LICENCE = (
    "Research only: trained on images most of whose licences are research-only or not stated. Not for commercial use."
)
REPORT = "report.json"


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a run needs beside its recipe: samples and the names of their packs, initial weights, the bundle's name,
    version and folder, and how many processes prepare images."""

    samples: Sequence[Sample]
    packs: Sequence[str]
    weights: Path | None
    name: str
    version: str
    out: Path
    workers: int = 0
    device: str = "auto"


def run(recipe: Recipe, plan: Plan, progress: loop.Progress) -> Card:
    """Train, calibrate on held-out degraded images, and write bundle and `report.json` to `plan.out`.

    Raises PackError when a class is missing on either side of the split.
    """
    training, held = hold_out(list(plan.samples), recipe.validation_share, set(recipe.leave_out))
    for part, found in (("training", training), ("validation", held)):
        if {sample.label for sample in found} != {0, 1}:
            raise PackError(f"The {part} images lack a class: give more data, or other --leave-out sources.")
    began = time.monotonic()
    network = loop.begin(recipe, plan.weights)
    losses = loop.train(recipe, network, training, progress, plan.workers, choose_device(plan.device))
    seconds = time.monotonic() - began
    calibration, thresholds = _calibrate(recipe, network, held)
    facts = _training_facts(recipe, plan, training, held) | {"losses": losses, "seconds": round(seconds)}
    card = save(plan.out, _card(recipe, plan, network, calibration, thresholds, facts), network)
    (plan.out / REPORT).write_text(json.dumps(facts, indent=2) + "\n")
    return card


def _calibrate(recipe: Recipe, network: Network, held: Sequence[Sample]) -> tuple[Calibration, Thresholds]:
    scored = score(network, recipe.input_spec(), held, degrade, recipe.seed)
    calibration = fit_temperature(scored.logits, scored.labels)
    return calibration, propose_thresholds(calibration.probabilities(scored.logits), scored.labels)


def _training_facts(recipe: Recipe, plan: Plan, training: Sequence[Sample], held: Sequence[Sample]) -> dict[str, Any]:
    return {
        "recipe": dataclasses.asdict(recipe),
        "began_from": plan.weights.name if plan.weights else "random weights",
        "packs": list(plan.packs),
        "images": len(training),
        "validation_images": len(held),
        "sources": dict(sorted(Counter(sample.source for sample in training).items())),
        "validation_sources": dict(sorted(Counter(sample.source for sample in held).items())),
        "torch": torch.__version__,
    }


def _card(
    recipe: Recipe,
    plan: Plan,
    network: Network,
    calibration: Calibration,
    thresholds: Thresholds,
    facts: dict[str, Any],
) -> Card:
    return Card(
        name=plan.name,
        role=recipe.role,
        version=plan.version,
        architecture=recipe.architecture,
        classes=CLASSES[recipe.role],
        input=recipe.input_spec(),
        explained=network.explained,
        calibration=calibration,
        thresholds=thresholds,
        weights_sha256="",
        licence=LICENCE,
        training=facts,
    )
