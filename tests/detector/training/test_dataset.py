"""Balanced sampling, and items that depend on seed, epoch and place alone."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import torch

from detector.inputs import InputSpec
from detector.training.augmentation import augment
from detector.training.dataset import BalancedSampler, Pictures, sampling_weights
from detector.training.packs import Sample
from tests.detector.pictures import encoded, noise

SPEC = InputSpec(32, (127.5,) * 3, (127.5,) * 3)


def samples(counts: dict[tuple[int, str], int]) -> list[Sample]:
    return [
        Sample(f"{source}__{number}.png", source, label, Path(), encoded(noise(40, 40, number), "PNG"))
        for (label, source), count in counts.items()
        for number in range(count)
    ]


def test_classes_weigh_the_same_and_sources_by_the_root_of_their_size() -> None:
    made = samples({(0, "a"): 1, (0, "b"): 9, (1, "c"): 4})
    weights = sampling_weights(made)
    sums: defaultdict[str, float] = defaultdict(float)
    for sample, weight in zip(made, weights, strict=True):
        sums[sample.source] += float(weight)
    assert dict(sums) == pytest.approx({"a": 0.125, "b": 0.375, "c": 0.5})


def test_the_sampler_follows_seed_and_epoch() -> None:
    sampler = BalancedSampler(samples({(0, "a"): 5, (1, "b"): 5}), 20, seed=3)
    first, again = list(sampler), list(sampler)
    sampler.epoch = 1
    assert first == again
    assert first != list(sampler)
    assert len(first) == len(sampler) == 20


def test_an_item_depends_on_seed_epoch_and_place_alone() -> None:
    made = samples({(0, "a"): 2, (1, "b"): 2})
    pictures = Pictures(made, SPEC, 7, augment)
    backwards = [pictures[index][0] for index in (3, 2, 1, 0)][::-1]
    assert all(torch.equal(pictures[index][0], backwards[index]) for index in range(4))
    before = pictures[0][0]
    pictures.epoch = 1
    assert not torch.equal(before, pictures[0][0])


def test_items_bear_their_label_and_place() -> None:
    pictures = Pictures(samples({(0, "a"): 1, (1, "b"): 1}), SPEC, 0, None)
    assert [(label, index) for _, label, index in (pictures[0], pictures[1])] == [(0, 0), (1, 1)]
    assert pictures[0][0].shape == (32, 32, 3)
    assert pictures[0][0].numpy().dtype == np.uint8
