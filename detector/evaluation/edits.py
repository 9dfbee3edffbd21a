"""How well edits are found and shown: made ones by kind, trained on or never seen, and real ones by source."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from detector.bundles import Bundle
from detector.evaluation.metrics import auc, wilson
from detector.explain import explained
from detector.preprocessing import normalise, resize
from detector.training.augmentation import generator, jpeg
from detector.training.dataset import read_pixels
from detector.training.edits.base import Mask, Pixels
from detector.training.edits.masks import decode_mask, key_of, read_masks
from detector.training.edits.synthesiser import OPERATIONS, TRAINED, synthesise
from detector.training.packs import Sample

_QUALITY = 85
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Kind:
    """Figures of edits of one kind, 0..1: share found at probability 0.5 with its 95 % interval (Wilson), AUC against
    the same photographs unedited (None: there are none), and the mean pixel AUC of the maps (None: no masks)."""

    n: int
    found: float
    interval: tuple[float, float]
    auc: float | None
    pixel_auc: float | None
    trained: bool | None = None


@dataclass(frozen=True)
class _Seen:
    probability: float
    pixel_auc: float | None


def made_edits(
    bundle: Bundle, photographs: Sequence[Sample], each: int, seed: int = 0, progress: Progress | None = None
) -> dict[str, Kind]:
    """One row for each operation of the synthesiser, `each` photographs in it, all encoded as JPEG 85 after the edit.

    Raises ImageRefused for a file that is no image, ValueError for fewer than two photographs.
    """
    if len(photographs) < 2:
        raise ValueError("edits need at least two photographs")
    rows: dict[str, Kind] = {}
    for number, name in enumerate(OPERATIONS):
        rng = generator(seed, number)
        edited, plain = [], []
        for place in rng.choice(len(photographs), each, replace=each > len(photographs)):
            pixels, mask = _edited(name, photographs, int(place), rng)
            edited.append(_seen(bundle, _saved(pixels), mask))
            plain.append(_seen(bundle, _saved(read_pixels(photographs[int(place)])), None))
        rows[name] = _kind(edited, plain, name in TRAINED)
        if progress is not None:
            progress(number + 1, len(OPERATIONS))
    return rows


def real_edits(bundle: Bundle, samples: Sequence[Sample], progress: Progress | None = None) -> dict[str, Kind]:
    """One row for each source of edited samples, the masks being the files beside them, and one for all: "all".

    Raises ImageRefused for a file that is no image, ValueError for a mask that is none.
    """
    masks = read_masks(samples)
    edited = [sample for sample in samples if sample.label == 1]
    seen: dict[str, list[_Seen]] = {}
    for number, sample in enumerate(edited):
        pixels, content = read_pixels(sample), masks.get(key_of(sample))
        mask = None if content is None else decode_mask(content, (pixels.shape[0], pixels.shape[1]))
        one = _seen(bundle, pixels, mask)
        seen.setdefault(sample.source, []).append(one)
        seen.setdefault("all", []).append(one)
        if progress is not None:
            progress(number + 1, len(edited))
    return {source: _kind(found, [], None) for source, found in sorted(seen.items())}


def _edited(name: str, photographs: Sequence[Sample], place: int, rng: Generator) -> tuple[Pixels, Mask]:
    donor = read_pixels(photographs[(place + 1 + int(rng.integers(len(photographs) - 1))) % len(photographs)])
    made = synthesise(read_pixels(photographs[place]), donor, rng, [name])
    return made.pixels, made.mask


def _saved(pixels: Pixels) -> Pixels:
    return np.asarray(jpeg(Image.fromarray(pixels), _QUALITY))


def _seen(bundle: Bundle, pixels: Pixels, mask: Mask | None) -> _Seen:
    """The image's probability, and how its evidence of "not real" lies on the mask."""
    card = bundle.card
    with torch.no_grad():
        found = bundle.trunk(normalise(resize(pixels, card.input.size)[None], card.input))[card.explained]
    logits, influence = explained(card.explanation, bundle.head, found, torch.ones(1))
    probability = float(card.calibration.probabilities(logits.double().numpy())[0])
    if mask is None or influence is None:
        return _Seen(probability, None)
    return _Seen(probability, _pixel_auc(influence[0].numpy(), mask))


def _pixel_auc(influence: NDArray[np.float32], mask: Mask) -> float | None:
    """Chance that an edited pixel (mask of 0.5 and more) outweighs another; None for a mask of one kind."""
    spread = cv2.resize(influence, (mask.shape[1], mask.shape[0]), interpolation=cv2.INTER_LINEAR)
    return auc(spread.ravel().astype(np.float64), (mask.ravel() >= 0.5).astype(np.int64))


def _kind(edited: Sequence[_Seen], plain: Sequence[_Seen], trained: bool | None) -> Kind:
    scores = np.array([one.probability for one in (*edited, *plain)])
    labels = np.array([1] * len(edited) + [0] * len(plain))
    found = int((scores[labels == 1] >= 0.5).sum())
    located = [one.pixel_auc for one in edited if one.pixel_auc is not None]
    pixel_auc = float(np.mean(located)) if located else None
    return Kind(len(edited), found / len(edited), wilson(found, len(edited)), auc(scores, labels), pixel_auc, trained)
