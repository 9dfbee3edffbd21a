"""What the loop promises: a broken run goes on to the same result, patience, kept weights."""

import dataclasses
from pathlib import Path

import pytest
import torch
from torch import Tensor

from detector.architectures import Network
from detector.training import checkpoint, loop
from detector.training.checkpoint import CheckpointError
from detector.training.packs import Sample, read_packs
from detector.training.progress import EpochFigures, Place, Progress
from detector.training.recipe import Recipe
from tests.detector.training.packs_for_tests import make_pack

RECIPE = Recipe("general", epochs=3, batch=8, size=32, frozen_blocks=0, precision="float32", seed=4)


class Killed(Exception):
    """Stands for whatever ends a run before its time."""


class KilledIn(Progress):
    """Ends the run in the middle of an epoch."""

    def __init__(self, epoch: int) -> None:
        self._epoch = epoch

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        if epoch == self._epoch and step == 1:
            raise Killed


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    return read_packs([make_pack(tmp_path_factory.mktemp("data") / "pack", 8)])


def weights(network: Network) -> dict[str, Tensor]:
    return network.module().state_dict()


def trained(
    samples: list[Sample], folder: Path, progress: Progress | None = None, recipe: Recipe = RECIPE
) -> tuple[Network, list[EpochFigures]]:
    network = loop.begin(recipe, None)
    return network, loop.train(recipe, network, samples, samples[::4], progress, Place(folder=folder))


@pytest.mark.parametrize(
    "recipe", [RECIPE, dataclasses.replace(RECIPE, optimiser="adam", schedule="constant", patience=9)]
)
def test_a_killed_run_goes_on_to_the_same_weights_as_an_unbroken_one(
    samples: list[Sample], tmp_path: Path, recipe: Recipe
) -> None:
    whole, figures = trained(samples, tmp_path / "whole", recipe=recipe)
    with pytest.raises(Killed):
        trained(samples, tmp_path / "broken", KilledIn(2), recipe)
    resumed, told = trained(samples, tmp_path / "broken", recipe=recipe)
    for name, tensor in weights(whole).items():
        assert torch.equal(tensor, weights(resumed)[name]), name
    assert [one.loss for one in told] == [one.loss for one in figures]
    assert [one.epoch for one in told] == [0, 1, 2]


def test_a_finished_run_is_not_trained_again(samples: list[Sample], tmp_path: Path) -> None:
    network, _ = trained(samples, tmp_path)
    again, figures = trained(samples, tmp_path, KilledIn(0))
    assert len(figures) == 3
    assert torch.equal(weights(again)["head.linear.weight"], weights(network)["head.linear.weight"])


def test_a_checkpoint_of_other_settings_is_refused_and_kept(samples: list[Sample], tmp_path: Path) -> None:
    trained(samples, tmp_path)
    kept = (tmp_path / checkpoint.FILE).read_bytes()
    with pytest.raises(CheckpointError, match="of another run"):
        trained(samples, tmp_path, recipe=dataclasses.replace(RECIPE, seed=5))
    assert (tmp_path / checkpoint.FILE).read_bytes() == kept


def test_a_checkpoint_of_other_data_is_refused(samples: list[Sample], tmp_path: Path) -> None:
    trained(samples, tmp_path)
    with pytest.raises(CheckpointError, match="of another run"):
        trained(samples[1:], tmp_path)


def test_a_broken_checkpoint_is_named(samples: list[Sample], tmp_path: Path) -> None:
    (tmp_path / checkpoint.FILE).write_bytes(b"no checkpoint")
    with pytest.raises(CheckpointError, match="cannot be read"):
        trained(samples, tmp_path)


def test_without_patience_left_training_stops_and_keeps_the_best_weights(samples: list[Sample], tmp_path: Path) -> None:
    recipe = dataclasses.replace(RECIPE, epochs=30, patience=0, trunk_rate=1.0, head_rate=1.0, average_decay=None)
    network, figures = trained(samples, tmp_path, recipe=recipe)
    assert len(figures) < 30
    best = checkpoint.read(tmp_path, Place().identity(recipe, samples))
    assert best is not None
    assert torch.equal(best.part("best")["head.linear.weight"], weights(network)["head.linear.weight"])


def test_without_an_average_the_last_weights_are_kept(samples: list[Sample], tmp_path: Path) -> None:
    recipe = dataclasses.replace(RECIPE, epochs=1, average_decay=None)
    network, _ = trained(samples, tmp_path, recipe=recipe)
    found = checkpoint.read(tmp_path, Place().identity(recipe, samples))
    assert found is not None
    assert found.part("average") == {}
    assert torch.equal(found.part("module")["head.linear.bias"], weights(network)["head.linear.bias"])


def test_each_epoch_says_how_it_did(samples: list[Sample], tmp_path: Path) -> None:
    heard: list[EpochFigures] = []

    class Listening(Progress):
        def epoch(self, figures: EpochFigures) -> None:
            heard.append(figures)

    _, figures = trained(samples, tmp_path, Listening())
    assert heard == figures
    assert all(one.validation_accuracy is not None and 0 <= one.validation_accuracy <= 1 for one in heard)
    assert all(one.seconds > 0 and one.images_per_second > 0 for one in heard)
