"""Samples in folds: by image, by whole sources, or one source at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from sklearn.model_selection import LeaveOneGroupOut, StratifiedGroupKFold, StratifiedKFold

from detector.training.packs import PackError, Sample
from detector.training.subsets import without_copies


class By(StrEnum):
    """What stays together in a fold: nothing but the class balance, whole sources, or one source in each fold."""

    IMAGES = "images"
    SOURCES = "sources"
    EACH_SOURCE = "each-source"


@dataclass(frozen=True)
class Fold:
    """What is trained on and what is then judged; no file of `training` has the bytes of one of `test`."""

    name: str
    training: list[Sample]
    test: list[Sample]


def folds(samples: Sequence[Sample], by: By = By.IMAGES, count: int = 5, seed: int = 0) -> list[Fold]:
    """Every sample is in the test of exactly one fold; `count` is not heeded for one source at a time.

    Raises PackError when a class has too few images, or too few sources, to be in every training part.
    """
    labels = [sample.label for sample in samples]
    sources = [sample.source for sample in samples]
    _require(labels, sources, by, count)
    splitter: Any = {
        By.IMAGES: StratifiedKFold(count, shuffle=True, random_state=seed),
        By.SOURCES: StratifiedGroupKFold(count, shuffle=True, random_state=seed),
        By.EACH_SOURCE: LeaveOneGroupOut(),
    }[by]
    groups = None if by is By.IMAGES else sources
    made = []
    for number, (training, test) in enumerate(splitter.split(np.zeros(len(labels)), labels, groups)):
        judged = [samples[place] for place in test]
        name = judged[0].source if by is By.EACH_SOURCE else str(number + 1)
        made.append(Fold(name, without_copies([samples[place] for place in training], judged), judged))
    return made


def with_shuffled_labels(samples: Sequence[Sample], seed: int = 0) -> list[Sample]:
    """The samples with their labels dealt out anew: nothing can be learnt from them, so figures must be chance's."""
    labels = np.random.default_rng(seed).permutation([sample.label for sample in samples])
    return [replace(sample, label=int(label)) for sample, label in zip(samples, labels, strict=True)]


def _require(labels: Sequence[int], sources: Sequence[str], by: By, count: int) -> None:
    for label, name in ((0, "real"), (1, "AI or edited")):
        own = [source for source, at in zip(sources, labels, strict=True) if at == label]
        have, needed, what = len(set(own)), 2 if by is By.EACH_SOURCE else count, "sources"
        if by is By.IMAGES:
            have, what = len(own), "images"
        if have < needed:
            raise PackError(f"There are {have} {what} of {name} images; these folds need at least {needed}.")
