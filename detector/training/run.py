"""One training run: packs and a recipe in, a bundle and its report out. A killed run goes on where it was."""

import dataclasses
import json
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
from detector.training import checkpoint, loop
from detector.training.augmentation import degrade
from detector.training.calibration import FITS, propose_thresholds
from detector.training.new_card import LICENCE, new_card
from detector.training.objective import OBJECTIVES
from detector.training.packs import PackError, Sample, hold_out
from detector.training.precision import resolve
from detector.training.progress import EpochFigures, Place, Progress
from detector.training.recipe import Recipe
from detector.training.subsets import without_copies
from detector.training.thumbnails import thumbnail

REPORT = "report.json"
_MOST_WATCHED = 2000


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a run needs beside its recipe: samples and the names of their packs, initial weights, the bundle's name,
    version, folder and licence, and how many processes prepare images."""

    samples: Sequence[Sample]
    packs: Sequence[str]
    weights: Path | None
    name: str
    version: str
    out: Path
    workers: int = 0
    device: str = "auto"
    licence: str = LICENCE


def run(recipe: Recipe, plan: Plan, progress: Progress | None = None) -> Card:
    """Train, calibrate on held-out degraded images, and write bundle and `report.json` to `plan.out`.

    A checkpoint in `plan.out` of the same recipe and samples is gone on from, and removed in the end. Raises PackError
    when a class is missing on either side of the split, CheckpointError for a checkpoint of another run.
    """
    training, held = split(recipe, plan.samples)
    device = choose_device(plan.device)
    network = loop.begin(recipe, plan.weights)
    place = Place(device, plan.workers, plan.out)
    figures = loop.train(recipe, network, training, watched(held), progress, place)
    fitted = calibrate(recipe, network, held)
    facts = _training_facts(recipe, plan, training, held) | _history(figures) | _machine(recipe, device)
    card = new_card(recipe, network, fitted, facts, name=plan.name, version=plan.version, licence=plan.licence)
    card = save(plan.out, card, network)
    (plan.out / REPORT).write_text(json.dumps(facts, indent=2) + "\n")
    checkpoint.remove(plan.out)
    return card


def split(recipe: Recipe, samples: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    """(training, validation) samples of a recipe; a copy of a training image, byte for byte, is no validation image.

    Raises PackError when a class is missing on either side.
    """
    training, held = hold_out(list(samples), recipe.validation_share, set(recipe.leave_out))
    held = OBJECTIVES[recipe.objective].held(recipe, without_copies(held, training))
    for part, found in (("training", training), ("validation", held)):
        if {sample.label for sample in found} != {0, 1}:
            raise PackError(f"The {part} images lack a class: give more data, or other --leave-out sources.")
    return training, held


def watched(held: Sequence[Sample]) -> list[Sample]:
    """The validation images that every epoch is measured on: all, or evenly spaced 2,000 where there are more."""
    return list(held[:: -(-len(held) // _MOST_WATCHED)]) if held else []


def calibrate(recipe: Recipe, network: Network, held: Sequence[Sample]) -> tuple[Calibration, Thresholds]:
    """Calibration and thresholds fitted on held-out images, degraded; on thumbnails as often as in training."""
    treatment = thumbnail if recipe.augmentation == "thumbnail" else degrade
    scored = score(network, recipe.input_spec(), held, treatment, recipe.seed)
    calibration = FITS[recipe.calibration](scored.logits, scored.labels)
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
    }


def _history(figures: Sequence[EpochFigures]) -> dict[str, Any]:
    """Losses and seconds of all epochs, also of those before a run was broken off."""
    seconds = round(sum(one.seconds for one in figures))
    return {"losses": [one.loss for one in figures], "epochs": [vars(one) for one in figures], "seconds": seconds}


def _machine(recipe: Recipe, device: torch.device) -> dict[str, Any]:
    facts = {"torch": torch.__version__, "device": str(device), "threads": torch.get_num_threads()}
    return facts | {"precision": resolve(recipe.precision, device)}
