"""CIFAKE's edited sets as two tasks without leaks, and what needs no look at a picture to tell them apart."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.training.packs import Sample
from detector.training.subsets import without_copies
from detector.training.tasks import Task, Unedited, edited_task

SETS = {Task.REAL_VS_EDITED: "real-edited", Task.FAKE_VS_EDITED: "fake-edited"}


@dataclass(frozen=True)
class Parts:
    """Training and test samples (label 1 = edited), and how many test files were left out as copies.

    An "edit" that changes no pixel is a real photograph: label 0 against real ones, left out against generated ones.
    """

    training: list[Sample]
    test: list[Sample]
    copies: int


def read_parts(task: Task, images: Path, edits: Path, listed: Collection[str] | None = None) -> Parts:
    """The parts of a task. `images` holds train and test with REAL and FAKE, `edits` the edited sets in their layout.

    `listed`: only these names of the other class are trained on. No file is twice in training, and no test file is one
    of training. Raises PackError where a folder is missing or empty, ImageRefused for a file that is no image.
    """
    training, test = (_part(task, images, edits, split) for split in ("train", "test"))
    if listed is not None:
        training = [sample for sample in training if sample.source == "edited" or sample.name in listed]
    training = _distinct(training)
    kept = without_copies(test, training)
    return Parts(training, kept, len(test) - len(kept))


def file_sizes(samples: Sequence[Sample]) -> NDArray[np.float64]:
    """Bytes of each file (n,)."""
    return np.array([len(sample.read()) for sample in samples], dtype=np.float64)


def _part(task: Task, images: Path, edits: Path, split: str) -> list[Sample]:
    unedited = Unedited.RELABEL if task is Task.REAL_VS_EDITED else Unedited.DROP
    return edited_task(task, images / split, edits / split / f"{split}-{SETS[task]}", unedited)


def _distinct(samples: Sequence[Sample]) -> list[Sample]:
    found = {sample.read(): sample for sample in reversed(samples)}
    return list(reversed(found.values()))
