"""A whole run on tiny data: a bundle that learned, and says how."""

import dataclasses
import json
from pathlib import Path

import pytest
import torch

from detector.bundles import load
from detector.training import loop
from detector.training.packs import PackError, read_packs
from detector.training.progress import Progress
from detector.training.recipe import Recipe
from detector.training.run import Plan, run
from tests.detector.training.packs_for_tests import make_pack

RECIPE = Recipe("general", epochs=1, batch=8, size=32, validation_share=0.3, seed=4)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pack(tmp_path_factory.mktemp("data") / "pack", 8)


def plan(pack: Path, out: Path) -> Plan:
    return Plan(read_packs([pack]), [pack.name], None, "general", "7", out, device="cpu")


@pytest.fixture(scope="module")
def out(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "bundle"
    run(RECIPE, plan(pack, folder))
    return folder


def test_a_run_leaves_a_bundle_that_loads(out: Path) -> None:
    card = load(out).card
    assert (card.name, card.role, card.version) == ("general", "general", "7")
    assert card.input.size == 32
    assert card.training["recipe"] == json.loads(json.dumps(dataclasses.asdict(RECIPE)))
    assert card.training["images"] + card.training["validation_images"] == 32
    assert card.training["packs"] == ["pack"]
    assert card.metrics == {}


def test_a_report_stands_beside_the_bundle(out: Path) -> None:
    report = json.loads((out / "report.json").read_text())
    assert len(report["losses"]) == 1
    assert report["began_from"] == "random weights"
    assert set(report["sources"]) == {"ai0", "ai1", "real0", "real1"}


def test_the_same_seed_gives_the_same_weights(out: Path, pack: Path, tmp_path: Path) -> None:
    again = run(RECIPE, plan(pack, tmp_path / "again"))
    assert again.weights_sha256 == load(out).card.weights_sha256


def test_frozen_blocks_stay_as_they_began(out: Path) -> None:
    began = loop.begin(RECIPE, None).trunk.state_dict()
    trained = load(out).trunk.state_dict()
    frozen = [name for name in began if name.startswith(("features.0.", "features.3.")) and "tracked" not in name]
    assert len(frozen) > 10
    assert all(torch.equal(began[name].half().float(), trained[name]) for name in frozen)
    assert not torch.equal(began["features.18.0.weight"].half().float(), trained["features.18.0.weight"])


def test_training_goes_towards_the_labels(pack: Path) -> None:
    quick = {"epochs": 8, "batch": 16, "size": 64, "trunk_rate": 1e-2, "head_rate": 1e-2, "frozen_blocks": 0}
    recipe = dataclasses.replace(RECIPE, **quick)  # type: ignore[arg-type]
    network = loop.begin(recipe, None)
    losses = [figures.loss for figures in loop.train(recipe, network, read_packs([pack]))]
    assert losses[-1] < 0.45 < losses[0]


def test_progress_is_told_after_every_step(pack: Path) -> None:
    told: list[tuple[int, int, int]] = []

    class Listening(Progress):
        def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
            told.append((epoch, step, steps))

    recipe = dataclasses.replace(RECIPE, epochs=2)
    loop.train(recipe, loop.begin(recipe, None), read_packs([pack])[:24], progress=Listening())
    assert told == [(0, 0, 3), (0, 1, 3), (0, 2, 3), (1, 0, 3), (1, 1, 3), (1, 2, 3)]


def test_a_run_without_a_class_is_refused_and_writes_nothing(pack: Path, tmp_path: Path) -> None:
    recipe = dataclasses.replace(RECIPE, leave_out=("ai0", "ai1"))
    with pytest.raises(PackError, match="training images lack a class"):
        run(recipe, plan(pack, tmp_path / "none"))
    assert not (tmp_path / "none").exists()
