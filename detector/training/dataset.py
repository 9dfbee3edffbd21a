"""Samples as a PyTorch data set, and the order in which training sees them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from detector import images
from detector.inputs import InputSpec
from detector.preprocessing import resize
from detector.training.augmentation import generator
from detector.training.packs import Sample

Treatment = Callable[[Image.Image, Generator], Image.Image]
_TRAINING_LIMITS = images.Limits(min_side=8)
_KEPT_SIDE = 64


class Pictures(Dataset[tuple[Tensor, int, int]]):
    """Item i: ((size, size, 3) uint8, label, index), treated by `treatment` with a generator of seed, epoch and i.

    Small inputs are decoded once and kept in memory; the larger ones are read again each time.
    """

    def __init__(self, samples: Sequence[Sample], spec: InputSpec, seed: int, treatment: Treatment | None) -> None:
        self.samples = samples
        self.spec = spec
        self.seed = seed
        self.treatment = treatment
        self.epoch = 0
        self._kept: dict[int, NDArray[np.uint8]] = {}

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[Tensor, int, int]:
        sample, pixels = self.samples[index], self._pixels(index)
        if self.treatment is not None:
            rng = generator(self.seed, self.epoch, index)
            pixels = np.asarray(self.treatment(Image.fromarray(pixels), rng))
        return torch.from_numpy(resize(pixels, self.spec.size).copy()), sample.label, index

    def _pixels(self, index: int) -> NDArray[np.uint8]:
        if index in self._kept:
            return self._kept[index]
        pixels = read_pixels(self.samples[index])
        if max(pixels.shape) <= _KEPT_SIDE:
            self._kept[index] = pixels
        return pixels


class BalancedSampler(Sampler[int]):
    """Draws with replacement: half of each class, and within a class each source by the square root of its size.

    Balancing fully would show a source of six images as often as one of three hundred; the root lies between.
    """

    def __init__(self, samples: Sequence[Sample], length: int, seed: int) -> None:
        self.weights = sampling_weights(samples)
        self.length = length
        self.seed = seed
        self.epoch = 0

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[int]:
        rng = generator(self.seed, self.epoch)
        return iter(rng.choice(len(self.weights), size=self.length, p=self.weights).tolist())


class ShuffledSampler(Sampler[int]):
    """Every sample once, in an order drawn from seed and epoch."""

    def __init__(self, samples: Sequence[Sample], length: int, seed: int) -> None:
        self.length = length
        self.seed = seed
        self.epoch = 0

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[int]:
        return iter(generator(self.seed, self.epoch).permutation(self.length).tolist())


def sampling_weights(samples: Sequence[Sample]) -> NDArray[np.float64]:
    """Probability of each sample, (n,), summing to 1; each class present has the same sum."""
    sizes = Counter((sample.label, sample.source) for sample in samples)
    per_class: Counter[int] = Counter()
    for (label, _), size in sizes.items():
        per_class[label] += size**0.5
    weights = [sizes[sample.label, sample.source] ** -0.5 / per_class[sample.label] for sample in samples]
    return np.array(weights) / len(per_class)


def read_pixels(sample: Sample) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 of a sample. Raises ImageRefused; a training image may be as small as 8 pixels."""
    return images.read(sample.read(), _TRAINING_LIMITS).pixels
