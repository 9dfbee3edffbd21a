"""How well a recipe learns from few images: trained on small subsets, measured on images of none of them."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from detector.evaluation.metrics import Interval, accuracy, wilson
from detector.evaluation.scoring import score
from detector.training import loop
from detector.training.packs import PackError, Sample
from detector.training.recipe import Recipe
from detector.training.subsets import without_copies


@dataclass(frozen=True)
class Subset:
    """One subset: training images, test images that are no copy of them, accuracy with its 95 % interval (Wilson),
    accuracy on real images and on the others, seconds of training and of scoring, and what both took of the processor,
    all threads together."""

    number: int
    images: int
    tested: int
    accuracy: float
    interval: Interval
    real: float
    not_real: float
    training_seconds: float
    scoring_seconds: float
    processor_seconds: float


@dataclass(frozen=True)
class FewShot:
    """All subsets, the mean of their accuracies and its standard deviation (of the sample; 0 for one subset)."""

    mean: float
    deviation: float
    subsets: list[Subset]


def few_shot(
    recipe: Recipe,
    training: Sequence[Sample],
    test: Sequence[Sample],
    per_class: int,
    subsets: int,
    said: Callable[[Subset], None] = lambda _: None,
) -> FewShot:
    """Train on each of `subsets` disjoint subsets of `per_class` images a class and score `test`; logits are cut at 0.

    `said` hears of each subset when it is done. Raises PackError when a class has too few images for the subsets.
    """
    made = []
    for number, subset in enumerate(drawn(training, per_class, subsets)):
        made.append(_measure(recipe, number, subset, without_copies(test, subset)))
        said(made[-1])
    accuracies = [one.accuracy for one in made]
    deviation = float(np.std(accuracies, ddof=1)) if len(made) > 1 else 0.0
    return FewShot(float(np.mean(accuracies)), deviation, made)


def drawn(samples: Sequence[Sample], per_class: int, subsets: int) -> list[list[Sample]]:
    """Disjoint subsets, the same every time whatever the order: images of each class by the hash of their names.

    Of images that are the same byte for byte one alone is drawn. Raises PackError when there are too few.
    """
    parts: list[list[Sample]] = [[] for _ in range(subsets)]
    for label in (0, 1):
        chosen = _first_distinct([sample for sample in samples if sample.label == label], per_class * subsets)
        for number, part in enumerate(parts):
            part.extend(chosen[number * per_class : (number + 1) * per_class])
    return parts


def _first_distinct(samples: Sequence[Sample], count: int) -> list[Sample]:
    chosen: dict[bytes, Sample] = {}
    for sample in sorted(samples, key=lambda sample: hashlib.sha256(sample.name.encode()).digest()):
        if len(chosen) == count:
            break
        chosen.setdefault(hashlib.sha256(sample.read()).digest(), sample)
    if len(chosen) < count:
        raise PackError(f"{count} different images of each class are needed; one class has {len(chosen)}.")
    return list(chosen.values())


def _measure(recipe: Recipe, number: int, subset: Sequence[Sample], test: Sequence[Sample]) -> Subset:
    began, spent = time.perf_counter(), time.process_time()
    network = loop.begin(recipe, None)
    loop.train(recipe, network, subset)
    trained = time.perf_counter()
    scored = score(network, recipe.input_spec(), test)
    found, labels = (scored.logits >= 0).astype(np.float64), scored.labels
    right = found == labels
    return Subset(
        number=number,
        images=len(subset),
        tested=len(labels),
        accuracy=accuracy(found, labels),
        interval=wilson(int(right.sum()), len(labels)),
        real=float(right[labels == 0].mean()),
        not_real=float(right[labels == 1].mean()),
        training_seconds=trained - began,
        scoring_seconds=time.perf_counter() - trained,
        processor_seconds=time.process_time() - spent,
    )
