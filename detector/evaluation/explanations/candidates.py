"""The maps that are judged: every method that the head allows, and two that know nothing of the image."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from detector.bundles import Bundle
from detector.explain import explained, methods_of

RANDOM, GAUSSIAN = "random", "centred Gaussian"
BASELINES = (RANDOM, GAUSSIAN)
Influence = NDArray[np.float32]
Maps = Mapping[str, Influence]
"""By name (n, h, w), 0 or more."""


def subject_of(bundle: Bundle) -> "Subject":
    """A bundle's network, its trunk laid out in memory as it runs fastest."""
    trunk = copy.deepcopy(bundle.trunk).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Subject(trunk, bundle.head, bundle.card.explained)


@dataclass(frozen=True)
class Subject:
    """A trained trunk and head, in evaluation mode on the CPU, and the name of the map between them."""

    trunk: nn.Module
    head: nn.Module
    explained: str

    @torch.no_grad()
    def feature_map(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) -> (B, C, h, w)."""
        feature_map: Tensor = self.trunk(images.contiguous(memory_format=torch.channels_last))[self.explained]
        return feature_map.float()

    @torch.no_grad()
    def logits(self, images: Tensor) -> NDArray[np.float64]:
        """Raw logits (B,) of "not real"."""
        return np.asarray(self.head(self.feature_map(images))[:, 0].double().numpy())


def maps_of(subject: Subject, images: Tensor, towards: NDArray[np.float64]) -> dict[str, Influence]:
    """The influence of every method towards the class (1 "not real", -1 "real") of each image."""
    feature_map, signs = subject.feature_map(images), torch.from_numpy(towards).float()
    return {name: _map(name, subject.head, feature_map, signs) for name in methods_of(subject.head)}


def with_baselines(maps: Maps, seed: int) -> dict[str, Influence]:
    """The maps, and beside them uniform noise and a Gaussian about the centre, of the same size."""
    shape = next(iter(maps.values())).shape
    noise = np.random.default_rng(seed).random(shape, dtype=np.float32)
    return {**maps, RANDOM: noise, GAUSSIAN: np.broadcast_to(gaussian(*shape[1:]), shape).copy()}


def gaussian(rows: int, columns: int) -> Influence:
    """(rows, columns): 1 in the centre, with a standard deviation of a quarter of each side."""
    y, x = ((np.arange(count) + 0.5) / count - 0.5 for count in (rows, columns))
    return np.exp(-8 * (y[:, None] ** 2 + x[None] ** 2)).astype(np.float32)


def spread(maps: Influence, size: int) -> Influence:
    """(n, h, w) -> (n, size, size), bilinear between the centres of the cells."""
    wide = nn.functional.interpolate(torch.from_numpy(maps)[:, None], (size, size), mode="bilinear")
    return np.asarray(wide[:, 0].numpy())


def distinct(maps: Maps) -> dict[str, Sequence[str]]:
    """One name for each different map, with all names that share it: heads with a constant gradient make many alike."""
    groups: dict[str, list[str]] = {}
    for name, influence in maps.items():
        same = next((first for first in groups if _alike(maps[first], influence)), name)
        groups.setdefault(same, []).append(name)
    return dict(groups)


def _alike(one: Influence, other: Influence) -> bool:
    return np.allclose(_scaled(one), _scaled(other), atol=1e-4)


def _scaled(maps: Influence) -> Influence:
    return np.asarray(maps / np.maximum(maps.max(axis=(1, 2), keepdims=True), 1e-12))


def _map(name: str, head: nn.Module, feature_map: Tensor, signs: Tensor) -> Influence:
    influence = explained(name, head, feature_map, signs)[1]
    if influence is None:
        raise ValueError(f"{name} makes no map")
    return np.asarray(influence.numpy())
