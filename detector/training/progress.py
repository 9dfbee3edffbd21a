"""What a training run is told about where it runs, and what it tells while it does."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from detector.training.packs import Sample
from detector.training.recipe import Recipe

_CPU = torch.device("cpu")


@dataclass(frozen=True)
class EpochFigures:
    """One epoch: its number from 0, mean training loss, validation loss and accuracy (None without such images),
    seconds, and training images a second."""

    epoch: int
    loss: float
    validation_loss: float | None
    validation_accuracy: float | None
    seconds: float
    images_per_second: float


class Progress:
    """Hears of every step and epoch; this one is deaf. What it raises ends the run, whose last checkpoint stays."""

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """Called after step `step` of `steps` of an epoch, both counted from 0."""

    def epoch(self, figures: EpochFigures) -> None:
        """Called after an epoch, before its checkpoint is written."""


@dataclass(frozen=True)
class Place:
    """`device`; `workers`: processes that prepare images (0: the training one); `folder`: of the checkpoint, if any."""

    device: torch.device = _CPU
    workers: int = 0
    folder: Path | None = None

    def identity(self, recipe: Recipe, samples: Sequence[Sample]) -> str:
        """A digest of recipe and samples: a checkpoint with another one is another run's."""
        facts = json.dumps(asdict(recipe), sort_keys=True)
        names = "\n".join(f"{sample.label} {sample.source} {sample.name}" for sample in samples)
        return hashlib.sha256(f"{facts}\n{names}".encode()).hexdigest()
