"""The commands, run as a person runs them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from detector.bundles import load, save
from detector.cli import app
from detector.evaluation.robustness import CONDITIONS
from tests.detector.bundles_for_tests import bundle
from tests.detector.pictures import encoded, noise
from tests.detector.training.packs_for_tests import make_pack

RUNNER = CliRunner()


def rows(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("bundle")
    made = bundle("general")
    save(written, made.card, made.network)
    return written


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pack(tmp_path_factory.mktemp("data") / "pack", 4)


def test_scan_prints_one_object_a_line_and_a_broken_file_is_a_row(tmp_path: Path) -> None:
    good, broken, missing = tmp_path / "b.png", tmp_path / "a.jpg", tmp_path / "none.png"
    good.write_bytes(encoded(noise(64, 64), "PNG"))
    broken.write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    result = RUNNER.invoke(app, ["scan", str(tmp_path), str(missing), "--json"])
    assert result.exit_code == 1
    first, second, third = rows(result.stdout)
    assert [row["path"] for row in (first, second, third)] == [str(broken), str(good), str(missing)]
    assert first["error"] == "The image is damaged or incomplete."
    assert (first["label"], first["findings"]) == (None, [])
    assert second["error"] is None
    assert second["label"] in {"real", "uncertain", "edited", "ai_generated"}
    assert {finding["role"] for finding in second["findings"]} == {"general", "edited"}
    assert third["error"].startswith("The file cannot be read")


def test_scan_of_an_empty_folder_prints_nothing_and_succeeds(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["scan", str(tmp_path), "--json"])
    assert (result.exit_code, result.stdout) == (0, "")


def test_scan_writes_overlays_beside_nothing_else(tmp_path: Path) -> None:
    picture = tmp_path / "in" / "one.png"
    picture.parent.mkdir()
    picture.write_bytes(encoded(noise(80, 50), "PNG"))
    result = RUNNER.invoke(app, ["scan", str(picture), "--heatmaps", str(tmp_path / "maps")])
    assert result.exit_code == 0
    written = sorted((tmp_path / "maps").iterdir())
    assert [path.suffix for path in written] == [".png", ".png"]
    assert [Image.open(path).size for path in written] == [(80, 50), (80, 50)]
    assert list(picture.parent.iterdir()) == [picture]


@pytest.mark.parametrize("arguments", [["scan"], ["scan", "--nonsense"], ["describe", "nothing"], ["nothing"]])
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    assert RUNNER.invoke(app, arguments).exit_code == 2


def test_describe_prints_layers_and_counts() -> None:
    result = RUNNER.invoke(app, ["describe", "mobilenet_v2"])
    assert result.exit_code == 0
    assert "mobilenet_v2: 2,225,153 trainable, 34,112 running statistics" in result.stdout
    assert "head.linear" in result.stdout


def test_evaluate_prints_the_promised_figures(folder: Path, pack: Path) -> None:
    result = RUNNER.invoke(app, ["evaluate", "--bundle", str(folder), "--data", str(pack), "--json"])
    assert result.exit_code == 0
    (report,) = rows(result.stdout)
    assert report["n"] == 16
    assert set(report) >= {"accuracy", "balanced_accuracy", "auc", "ece", "false_alarm_rate", "abstained"}
    assert report["sources"]["ai0"]["n"] == 4


def test_evaluate_refuses_what_is_no_bundle_or_no_data(folder: Path, pack: Path, tmp_path: Path) -> None:
    for arguments in (["--bundle", "none", "--data", str(pack)], ["--bundle", str(folder), "--data", str(tmp_path)]):
        assert RUNNER.invoke(app, ["evaluate", *arguments]).exit_code == 2


def test_explain_writes_an_overlay_of_the_image(folder: Path, tmp_path: Path) -> None:
    picture = tmp_path / "one.png"
    picture.write_bytes(encoded(noise(70, 40), "PNG"))
    result = RUNNER.invoke(app, ["explain", str(picture), "--bundle", str(folder), "--out", str(tmp_path / "maps")])
    assert result.exit_code == 0
    (written,) = (tmp_path / "maps").iterdir()
    assert Image.open(written).size == (70, 40)


def test_explain_of_a_broken_file_says_why(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "one.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    result = RUNNER.invoke(app, ["explain", str(tmp_path / "one.png"), "--bundle", str(folder)])
    assert result.exit_code == 1
    assert "damaged or incomplete" in result.stderr


def test_train_makes_a_bundle_that_evaluates(pack: Path, tmp_path: Path) -> None:
    out = tmp_path / "bundle"
    settings = ["--epochs", "1", "--threads", "1", "--workers", "0", "--device", "cpu"]
    data = ["--data", str(pack), "--leave-out", "ai1", "--leave-out", "real1"]
    result = RUNNER.invoke(app, ["train", "--recipe", "plain-edited", *data, "--out", str(out), *settings])
    assert result.exit_code == 0, result.output
    assert load(out).card.training["recipe"]["leave_out"] == ["ai1", "real1"]


@pytest.mark.parametrize(
    "change", [["--recipe", "other"], ["--data", "nowhere"], ["--precision", "half"], ["--limit", "0"]]
)
def test_train_refuses_what_it_cannot_do_and_writes_nothing(pack: Path, tmp_path: Path, change: list[str]) -> None:
    arguments = ["train", "--recipe", "plain-general", "--data", str(pack), "--out", str(tmp_path / "out"), *change]
    assert RUNNER.invoke(app, arguments).exit_code == 2
    assert not (tmp_path / "out").exists()


def test_card_measures_a_bundle_and_leaves_its_weights(folder: Path, pack: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "bundle")
    weights = (copy / "weights.safetensors").read_bytes()
    text = tmp_path / "models" / "general.md"
    result = RUNNER.invoke(app, ["card", str(copy), "--data", f"test={pack}", "--markdown", str(text)])
    assert result.exit_code == 0
    metrics = load(copy).card.metrics["test"]
    assert list(metrics) == list(CONDITIONS)
    assert metrics["JPEG 60"]["n"] == 16
    assert "## Measured on test" in text.read_text()
    assert (copy / "weights.safetensors").read_bytes() == weights


def test_card_measures_only_the_conditions_that_are_asked_for(folder: Path, pack: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "bundle")
    wanted = ["--condition", "as it is", "--condition", "blurred"]
    assert RUNNER.invoke(app, ["card", str(copy), "--data", f"test={pack}", *wanted]).exit_code == 0
    assert list(load(copy).card.metrics["test"]) == ["as it is", "blurred"]
    assert RUNNER.invoke(app, ["card", str(copy), "--data", f"test={pack}", "--condition", "burnt"]).exit_code == 2
    assert list(load(copy).card.metrics["test"]) == ["as it is", "blurred"]


def test_card_refuses_data_without_a_name(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "bundle")
    before = (copy / "card.json").read_bytes()
    assert RUNNER.invoke(app, ["card", str(copy), "--data", "path"]).exit_code == 2
    assert (copy / "card.json").read_bytes() == before
