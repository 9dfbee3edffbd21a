"""`explain`: the map by any method that the head allows, and the frequency view."""

import dataclasses
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from detector.bundles import save
from detector.cli import app
from tests.detector.bundles_for_tests import bundle
from tests.detector.pictures import encoded, noise

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("bundle")
    made = bundle("general")
    save(written, dataclasses.replace(made.card, explanation="none"), made.network)
    return written


@pytest.fixture
def asked(folder: Path, tmp_path: Path) -> list[str]:
    picture = tmp_path / "one.png"
    picture.write_bytes(encoded(noise(70, 40), "PNG"))
    return ["explain", str(picture), "--bundle", str(folder), "--out", str(tmp_path / "maps")]


def written(tmp_path: Path) -> list[str]:
    return sorted(path.name.split("-", 2)[2] for path in (tmp_path / "maps").iterdir())


def test_a_model_whose_maps_failed_shows_none_and_says_so(asked: list[str], tmp_path: Path) -> None:
    result = RUNNER.invoke(app, asked)
    assert result.exit_code == 0
    assert "No heatmap: this model's maps did not pass their checks" in result.stdout
    assert written(tmp_path) == []


def test_a_method_can_be_asked_for(asked: list[str], tmp_path: Path) -> None:
    result = RUNNER.invoke(app, [*asked, "--method", "layercam"])
    assert result.exit_code == 0
    assert "No heatmap" not in result.stdout
    assert written(tmp_path) == ["general-0.png"]


@pytest.mark.parametrize("method", ["guess", "local", ""])
def test_a_method_that_the_head_does_not_allow_is_refused(asked: list[str], method: str) -> None:
    result = RUNNER.invoke(app, [*asked, "--method", method])
    assert result.exit_code == 2
    assert "general can be explained by grad-cam, hirescam" in " ".join(result.stderr.replace("│", " ").split())


def test_the_frequency_view_is_two_pictures(asked: list[str], tmp_path: Path) -> None:
    result = RUNNER.invoke(app, [*asked, "--frequency"])
    assert result.exit_code == 0
    assert written(tmp_path) == ["residual.png", "spectrum.png"]
    sizes = {path.name.split("-", 2)[2]: Image.open(path).size for path in (tmp_path / "maps").iterdir()}
    assert sizes == {"residual.png": (70, 40), "spectrum.png": (40, 40)}
