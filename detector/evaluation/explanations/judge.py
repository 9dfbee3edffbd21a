"""All checks of one bundle's maps on one set of images, and which of its maps may be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from detector.bundles import Bundle
from detector.evaluation.explanations import candidates, masks, sanity
from detector.evaluation.explanations.candidates import RANDOM, Influence, Maps, Subject
from detector.evaluation.explanations.choice import choose
from detector.evaluation.explanations.faithfulness import Faithfulness, Shares, faithfulness
from detector.evaluation.explanations.localisation import localisation
from detector.evaluation.explanations.masks import Masked
from detector.explain import methods_of
from detector.preprocessing import normalise, resize
from detector.training.dataset import read_pixels
from detector.training.edits.synthesiser import HELD_OUT, TRAINED
from detector.training.packs import Sample

Report = dict[str, Any]
EDITED = "edited"


@dataclass(frozen=True)
class Trial:
    """What is judged on: how many pictures of each kind, and the seed of all that is drawn."""

    pictures: int = 20
    masked: int = 60
    seed: int = 0


def judge(bundle: Bundle, samples: Sequence[Sample], known: Mapping[str, Sequence[Masked]], trial: Trial) -> Report:
    """Every figure, rounded to four places, and under "chosen" the method that may be shown, or "none".

    `known`: pictures with true masks, by where those are from. Raises ImageRefused for a sample that is no image.
    """
    subject = candidates.subject_of(bundle)
    squares = np.stack([resize(read_pixels(one), bundle.card.input.size) for one in drawn(samples, trial)])
    inputs = normalise(squares, bundle.card.input)
    towards = shown(bundle, subject.logits(inputs))
    found: Report = {
        "pictures": len(squares),
        "randomisation": sanity.correlations(subject, inputs, towards, trial.seed),
        "faithfulness": _faithfulness(bundle, subject, inputs, towards, trial.seed),
        "masks": {name: _located(bundle, subject, pairs, trial.seed) for name, pairs in known.items() if pairs},
    }
    found |= choose(found, methods_of(bundle.head))
    return {name: rounded(value) for name, value in found.items()}


def known_edits(bundle: Bundle, samples: Sequence[Sample], trial: Trial) -> dict[str, list[Masked]]:
    """Pictures with true masks, by where they are from: files beside the samples, and edits made of the samples.

    A model of edits is shown the synthesiser's, others rectangles of pictures that are not real.
    """
    size, chosen = bundle.card.input.size, drawn(samples, trial, trial.masked)
    real, others = ([one for one in chosen if one.label == label] for label in (0, 1))
    order = np.random.default_rng(trial.seed).permutation(len(samples))
    filed = masks.from_files([samples[at] for at in order], size)
    found = {"mask files": list(islice(filed, trial.masked))}
    if bundle.card.role != EDITED:
        return {**found, "rectangles spliced in": list(masks.spliced(real, others, size, trial.seed))}
    for name, operations in (("edits of kinds in training", TRAINED), ("edits of other kinds", HELD_OUT)):
        found[name] = list(masks.synthesised(real, tuple(operations), size, trial.seed))
    return found


def drawn(samples: Sequence[Sample], trial: Trial, each: int = 0) -> list[Sample]:
    """Half of each class (or `each`), by chance, in the order of the draw."""
    rng = np.random.default_rng(trial.seed)
    chosen: list[Sample] = []
    for label in (0, 1):
        of_class = [one for one in samples if one.label == label]
        order = rng.permutation(len(of_class))[: each or trial.pictures // 2]
        chosen.extend(of_class[at] for at in order)
    return chosen


def shown(bundle: Bundle, logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 where "not real" is the likelier class, else -1."""
    return np.where(bundle.card.calibration.probabilities(logits) >= 0.5, 1.0, -1.0)


def _faithfulness(
    bundle: Bundle, subject: Subject, inputs: Tensor, towards: NDArray[np.float64], seed: int
) -> dict[str, dict[str, Any]]:
    maps = candidates.with_baselines(candidates.maps_of(subject, inputs, towards), seed)
    groups = candidates.distinct(maps)
    areas = {first: _areas(bundle, subject, inputs, towards, maps[first]) for first in groups}
    random = areas[RANDOM]
    return {name: _faithful(areas[first], random) for first, names in groups.items() for name in names}


def _areas(
    bundle: Bundle, subject: Subject, inputs: Tensor, towards: NDArray[np.float64], maps: Influence
) -> Faithfulness:
    wide = candidates.spread(maps, inputs.shape[2])
    pairs = []
    for image, sign, influence in zip(inputs, towards, wide, strict=True):

        def score(batch: Tensor, sign: float = float(sign)) -> Shares:
            shares = bundle.card.calibration.probabilities(subject.logits(batch))
            return shares if sign > 0 else 1 - shares

        pairs.append(faithfulness(score, image, influence))
    insertion, deletion = np.array(pairs).T
    return Faithfulness(insertion, deletion)


def _faithful(areas: Faithfulness, random: Faithfulness) -> dict[str, Any]:
    return {
        "insertion": float(areas.insertion.mean()),
        "deletion": float(areas.deletion.mean()),
        "insertion_gain": interval(areas.insertion - random.insertion),
        "deletion_gain": interval(random.deletion - areas.deletion),
    }


def _located(bundle: Bundle, subject: Subject, pairs: Sequence[Masked], seed: int) -> Report:
    inputs = normalise(np.stack([one.square for one in pairs]), bundle.card.input)
    towards = np.ones(len(pairs))
    parts = [candidates.maps_of(subject, part, towards[: len(part)]) for part in torch.split(inputs, 32)]
    maps = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    logits = np.concatenate([subject.logits(part) for part in torch.split(inputs, 32)])
    every = candidates.with_baselines(maps, seed)
    return {
        "pictures": len(pairs),
        "found": float((shown(bundle, logits) > 0).mean()),
        "edited_share": float(np.mean([one.mask.mean() for one in pairs])),
        "maps": _by_map(every, pairs, inputs.shape[2]),
    }


def _by_map(maps: Maps, pairs: Sequence[Masked], size: int) -> dict[str, dict[str, Any]]:
    cells: dict[str, dict[str, Any]] = {}
    for first, names in candidates.distinct(maps).items():
        wide = candidates.spread(maps[first], size)
        each = [localisation(one, pair.mask) for one, pair in zip(wide, pairs, strict=True)]
        figures = {
            "pointing": float(np.mean([one.pointing for one in each])),
            "iou": float(np.mean([one.iou for one in each])),
            "auc": interval(np.array([one.auc for one in each])),
        }
        cells |= dict.fromkeys(names, figures)
    return cells


def interval(values: Shares) -> list[float]:
    """[mean, low, high]: the mean and its 95 % interval over 1,000 resamples of the images."""
    drawn_means = np.random.default_rng(0).choice(values, (1000, len(values))).mean(axis=1)
    low, high = np.quantile(drawn_means, [0.025, 0.975])
    return [float(values.mean()), float(low), float(high)]


def rounded(value: Any) -> Any:
    """The same with every number to four places."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, list | tuple) else value
