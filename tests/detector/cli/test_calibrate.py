"""`python -m detector calibrate`, run as a person runs it."""

import dataclasses
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detector.bundles import Calibration, Card, load, read_card, save
from detector.cli import app
from detector.training.packs import read_packs
from detector.training.recipes import named
from detector.training.run import Plan, run
from tests.detector.training.packs_for_tests import make_pack

RUNNER = CliRunner()
RECIPE = dataclasses.replace(
    named("cifake-own"), architecture="thumbnail(4,4,4)", epochs=1, batch=8, validation_share=0.4
)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pack(tmp_path_factory.mktemp("data") / "pack", 16)


@pytest.fixture(scope="module")
def trained(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    run(RECIPE, Plan(read_packs([pack]), ["pack"], None, "small", "1", folder))
    return folder


@pytest.fixture
def folder(trained: Path, tmp_path: Path) -> Path:
    shutil.copytree(trained, tmp_path / "bundle")
    return tmp_path / "bundle"


def test_the_same_images_give_the_calibration_of_the_run_again_and_drop_the_figures(folder: Path, pack: Path) -> None:
    fitted = load(folder)
    save(folder, dataclasses.replace(fitted.card, calibration=_other(fitted.card), metrics={"a": {}}), fitted.network)
    result = RUNNER.invoke(app, ["calibrate", str(folder), "--data", str(pack), "--threads", "1"])
    assert result.exit_code == 0, result.output
    assert load(folder).card == dataclasses.replace(fitted.card, metrics={})


def test_another_method_changes_the_calibration_alone(folder: Path, pack: Path) -> None:
    before = load(folder)
    result = RUNNER.invoke(app, ["calibrate", str(folder), "--data", str(pack), "--method", "platt"])
    after = load(folder)
    assert result.exit_code == 0
    assert after.card.weights_sha256 == before.card.weights_sha256
    assert after.card.calibration != before.card.calibration


def test_wrong_usage_is_a_line_and_exit_code_2(folder: Path, pack: Path, tmp_path: Path) -> None:
    card = read_card(folder)
    for options, message in (
        (["--data", str(pack), "--method", "guess"], "must be one of"),
        (["--data", str(tmp_path / "none")], "neither a folder nor a tar"),
    ):
        result = RUNNER.invoke(app, ["calibrate", str(folder), *options])
        assert (result.exit_code, message in _flat(result.output)) == (2, True)
    assert read_card(folder) == card


def test_a_card_that_tells_of_no_recipe_is_refused(folder: Path, pack: Path) -> None:
    fitted = load(folder)
    save(folder, dataclasses.replace(fitted.card, training={}), fitted.network)
    result = RUNNER.invoke(app, ["calibrate", str(folder), "--data", str(pack)])
    assert result.exit_code == 2
    assert "no recipe that is known here" in _flat(result.output)


def _other(card: Card) -> Calibration:
    return dataclasses.replace(card.calibration, temperature=9.0)


def _flat(output: str) -> str:
    return " ".join(output.replace("│", " ").split())
