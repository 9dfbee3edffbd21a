"""Scores of many samples, each fed whole as the bundle's own input: no face search."""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from detector.architectures import Network
from detector.engines import choose_device, engine_for
from detector.images import ImageRefused
from detector.inputs import InputSpec
from detector.preprocessing import normalise
from detector.training.dataset import Pictures, Treatment
from detector.training.packs import Sample
from detector.views import seen

Progress = Callable[[int, int], None]
"""Called with how many of how many samples are done."""
_BATCH = 32


@dataclass(frozen=True)
class Unread:
    """A sample that is no image or cannot be read, and a sentence that says why."""

    sample: Sample
    reason: str


@dataclass(frozen=True)
class Scored:
    """Raw logits (n,), labels (n,) of 0 and 1, and the source of each.

    `samples`: what was scored, in the same order; `unread`: what was left out, when that was asked for.
    """

    logits: NDArray[np.float64]
    labels: NDArray[np.int64]
    sources: list[str]
    samples: list[Sample] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)


def score(
    network: Network,
    spec: InputSpec,
    samples: Sequence[Sample],
    treatment: Treatment | None = None,
    seed: int = 0,
    *,
    skip_unread: bool = False,
    progress: Progress | None = None,
) -> Scored:
    """Score samples in order, each after `treatment` if one is given. No score depends on the rest of its batch.

    With `skip_unread`, what cannot be read is left out and named in the result; without, its ImageRefused or OSError
    is raised.
    """
    engine = engine_for(network.trunk, choose_device("auto"))
    head = copy.deepcopy(network.head).eval().to(engine.device)
    pictures = Pictures(samples, spec, seed, treatment)
    unread: list[Unread] | None = [] if skip_unread else None
    logits, kept = [np.empty(0)], list[Sample]()
    for end, places, squares in _batches(pictures, unread):
        if places:
            with torch.no_grad():
                views = seen(normalise(torch.stack(squares).numpy(), spec), spec.views)
                batch = torch.stack([head(engine.maps(view)[network.explained])[:, 0] for view in views]).mean(0)
            logits.append(batch.double().cpu().numpy())
            kept += [samples[place] for place in places]
        if progress is not None:
            progress(end, len(samples))
    labels = np.array([sample.label for sample in kept], dtype=np.int64)
    return Scored(np.concatenate(logits), labels, [sample.source for sample in kept], kept, unread or [])


def _batches(pictures: Pictures, unread: list[Unread] | None) -> Iterator[tuple[int, list[int], list[Tensor]]]:
    """How many samples are done after a batch, the places of those that were read, and their (size, size, 3) uint8."""
    for start in range(0, len(pictures), _BATCH):
        end = min(start + _BATCH, len(pictures))
        squares = {
            place: square for place in range(start, end) if (square := _square(pictures, place, unread)) is not None
        }
        yield end, list(squares), list(squares.values())


def _square(pictures: Pictures, place: int, unread: list[Unread] | None) -> Tensor | None:
    try:
        return pictures[place][0]
    except (ImageRefused, OSError) as error:
        if unread is None:
            raise
        unread.append(Unread(pictures.samples[place], reason_of(error)))
        return None


def reason_of(error: ImageRefused | OSError) -> str:
    """Why a file could not be read, in a sentence."""
    return error.detail if isinstance(error, ImageRefused) else f"The file cannot be read: {error.strerror}."
