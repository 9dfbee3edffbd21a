"""Scores of many samples, each fed whole as the bundle's own input: no face search."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader

from detector.architectures import Network
from detector.engines import choose_device, engine_for
from detector.inputs import InputSpec
from detector.preprocessing import normalise
from detector.training.dataset import Pictures, Treatment
from detector.training.packs import Sample


@dataclass(frozen=True)
class Scored:
    """Raw logits (n,), labels (n,) of 0 and 1, and the source of each."""

    logits: NDArray[np.float64]
    labels: NDArray[np.int64]
    sources: list[str]


def score(
    network: Network, spec: InputSpec, samples: Sequence[Sample], treatment: Treatment | None = None, seed: int = 0
) -> Scored:
    """Score samples in order, each after `treatment` if one is given. Raises ImageRefused for one that is no image."""
    engine = engine_for(network.trunk, choose_device("auto"))
    head = copy.deepcopy(network.head).eval().to(engine.device)
    loader = DataLoader(Pictures(samples, spec, seed, treatment), batch_size=32)
    logits: list[NDArray[np.float64]] = []
    for squares, _, _ in loader:
        with torch.no_grad():
            batch = head(engine.maps(normalise(squares.numpy(), spec))[network.explained])
        logits.append(batch[:, 0].double().cpu().numpy())
    labels = np.array([sample.label for sample in samples], dtype=np.int64)
    return Scored(np.concatenate(logits), labels, [sample.source for sample in samples])


Scorer = Callable[[Sequence[Sample], Treatment | None], Scored]
