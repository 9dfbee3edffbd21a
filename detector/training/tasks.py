"""CIFAKE as labelled samples: its official parts, their subsets by list, and the two tasks of its EDITED images.

A part is a folder `REAL` and a folder `FAKE`; an EDITED file bears the name of its REAL original in the same split.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from detector.training.dataset import read_pixels
from detector.training.packs import PackError, Sample, read_packs


class Task(StrEnum):
    """What 0 and 1 are: REAL or FAKE against EDITED."""

    REAL_VS_EDITED = "real-vs-edited"
    FAKE_VS_EDITED = "fake-vs-edited"


class Unedited(StrEnum):
    """What becomes of EDITED files whose pixels are their original's: as labelled, labelled 0, or left out."""

    KEEP = "keep"
    RELABEL = "relabel"
    DROP = "drop"


def edited_task(
    task: Task, part: Path, edited: Path, unedited: Unedited = Unedited.KEEP, originals: Path | None = None
) -> list[Sample]:
    """Samples of a task: 1 = EDITED below `edited`, 0 = the task's class of `part` (a CIFAKE split).

    Sources are "real", "fake", "edited" and, unless kept, "unedited". The originals are looked for in the folder
    `originals`, or in the folder REAL of `part` where that is None. Raises PackError where a folder is empty.
    """
    label = 0 if task is Task.REAL_VS_EDITED else 1
    others = [sample for sample in read_packs([part]) if sample.label == label]
    changed = [replace(sample, label=1, source="edited") for sample in read_packs([edited])]
    if unedited is not Unedited.KEEP:
        changed = _treated(mark_unedited(changed, originals or _folder(part, "REAL")), unedited)
    if not others:
        raise PackError(f"{part} holds no images of the other class of {task}.")
    named = [replace(sample, label=0, source="fake" if label else "real") for sample in others]
    return named + changed


def mark_unedited(edited: Sequence[Sample], originals: Path) -> list[Sample]:
    """EDITED samples with the source "edited", or "unedited" where every pixel is that of the original's file."""
    return [
        replace(sample, label=1, source="unedited" if _is_original(sample, originals / sample.name) else "edited")
        for sample in edited
    ]


def of_lists(samples: Iterable[Sample], real: Collection[str], fake: Collection[str]) -> list[Sample]:
    """The samples whose file names stand in the list of their class: CIFAKE's small and medium subsets."""
    wanted = (set(real), set(fake))
    return [sample for sample in samples if sample.name in wanted[sample.label]]


def leaked(test: Sequence[Sample], training: Iterable[Sample]) -> set[int]:
    """Places in `test` of the files that also stand in `training`, byte by byte (SHA-256)."""
    known = {digest(sample) for sample in training}
    return {place for place, sample in enumerate(test) if digest(sample) in known}


def digest(sample: Sample) -> bytes:
    """SHA-256 of the file."""
    return hashlib.sha256(sample.read()).digest()


def _treated(marked: list[Sample], unedited: Unedited) -> list[Sample]:
    if unedited is Unedited.DROP:
        return [sample for sample in marked if sample.source == "edited"]
    return [replace(sample, label=int(sample.source == "edited")) for sample in marked]


def _is_original(sample: Sample, original: Path) -> bool:
    if not original.is_file():
        return False
    before = read_pixels(replace(sample, path=original, data=None))
    after = read_pixels(sample)
    return before.shape == after.shape and bool(np.array_equal(before, after))


def _folder(part: Path, name: str) -> Path:
    folder = part / name
    if not folder.is_dir():
        raise PackError(f"{part} has no folder {name}.")
    return folder
