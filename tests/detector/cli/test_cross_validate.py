"""`cross-validate`, run as a person runs it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detector.cli import app
from tests.detector.training.packs_for_tests import make_pack

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pack(tmp_path_factory.mktemp("data") / "pack", 8)


def arguments(pack: Path, out: Path) -> list[str]:
    settings = ["--recipe", "fakenet2", "--epochs", "1", "--threads", "1", "--device", "cpu"]
    return ["cross-validate", "--data", str(pack), "--out", str(out), "--folds", "2", *settings]


def test_folds_and_a_report_are_written_and_printed(pack: Path, tmp_path: Path) -> None:
    result = RUNNER.invoke(app, arguments(pack, tmp_path / "out"))
    assert result.exit_code == 0, result.output
    assert "over all folds" in result.stdout
    report = json.loads((tmp_path / "out" / "cross-validation.json").read_text())
    assert report["pooled"]["n"] == 32
    again = RUNNER.invoke(app, [*arguments(pack, tmp_path / "out"), "--json"])
    assert json.loads(again.stdout) == report


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["--recipe", "magic"], "no recipe named"),
        (["--data", "nowhere"], "nowhere"),
        (["--folds", "1"], "--folds"),
        (["--folds", "30"], "these folds need at least 30"),
        (["--by", "colour"], "--by"),
        (["--init", "nowhere.safetensors"], "nowhere.safetensors"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_why(pack: Path, tmp_path: Path, change: list[str], said: str) -> None:
    given = arguments(pack, tmp_path / "out")
    if change[0] == "--data":
        given[given.index("--data") + 1] = change[1]
        change = []
    result = RUNNER.invoke(app, [*given, *change])
    assert result.exit_code == 2, result.output
    assert said in " ".join(result.output.replace("│", " ").split())
    assert "Traceback" not in result.output


def test_an_output_that_is_a_file_is_wrong_usage(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    result = RUNNER.invoke(app, arguments(pack, tmp_path / "out"))
    assert result.exit_code == 2
    assert (tmp_path / "out").read_text() == "mine"
