"""`python -m detector few-shot`, run as a person runs it."""

import json
from pathlib import Path

from typer.testing import CliRunner

from detector.cli import app
from tests.detector.training.packs_for_tests import make_pack

RUNNER = CliRunner()


def test_it_prints_a_row_for_each_subset_and_writes_the_report(tmp_path: Path) -> None:
    data, test, out = make_pack(tmp_path / "data", 4), make_pack(tmp_path / "test", 6), tmp_path / "report.json"
    options = ["--per-class", "4", "--subsets", "2", "--epochs", "1", "--threads", "1", "--out", str(out)]
    result = RUNNER.invoke(app, ["few-shot", "--data", str(data), "--test", str(test), *options])
    assert result.exit_code == 0, result.output
    assert "mean " in result.output
    report = json.loads(out.read_text())
    assert report["recipe"]["epochs"] == 1
    assert [(subset["images"], subset["tested"]) for subset in report["subsets"]] == [(8, 16), (8, 16)]


def test_too_few_images_and_an_unknown_recipe_are_a_line_and_exit_code_2(tmp_path: Path) -> None:
    pack = str(make_pack(tmp_path / "data", 2))
    for options, message in (([], "different images of each class"), (["--recipe", "secret"], "no recipe named")):
        result = RUNNER.invoke(app, ["few-shot", "--data", pack, "--test", pack, *options])
        assert result.exit_code == 2
        assert message in " ".join(result.output.replace("│", " ").split())
