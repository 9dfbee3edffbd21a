"""All checks of a bundle on a small pack, kept, written out, and run as a command."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from detector.bundles import load, read_card, save
from detector.cli import app
from detector.evaluation.explanations.judge import Trial, drawn, interval, judge, known_edits
from detector.evaluation.explanations.markdown import document
from detector.evaluation.explanations.record import keep, kept
from detector.training.packs import Sample, read_packs
from tests.detector.bundles_for_tests import bundle
from tests.detector.training.packs_for_tests import make_pack

METHODS = ["grad-cam", "hirescam", "grad-cam++", "layercam"]
NAMED = {"bundle": "general", "version": "test", "data": ["pack"], "seed": 0}
WRONG = [["--data", "nowhere"], ["--bundle", "none"], ["--edited", "x"], ["--pictures", "0"]]
TRIAL = Trial(pictures=4, masked=3)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pack(tmp_path_factory.mktemp("data") / "pack", 4)


@pytest.fixture(scope="module")
def samples(pack: Path) -> list[Sample]:
    return read_packs([pack])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("bundle")
    made = bundle("general")
    save(written, made.card, made.network)
    return written


@pytest.fixture(scope="module")
def report(folder: Path, samples: list[Sample]) -> dict[str, Any]:
    loaded = load(folder)
    return judge(loaded, samples, known_edits(loaded, samples, TRIAL), TRIAL)


def test_every_map_stands_beside_noise_and_a_gaussian(report: dict[str, Any]) -> None:
    maps = [*METHODS, "random", "centred Gaussian"]
    assert sorted(report["faithfulness"]) == sorted(maps)
    assert sorted(report["masks"]["rectangles spliced in"]["maps"]) == sorted(maps)
    assert report["pictures"] == 4
    assert report["masks"]["rectangles spliced in"]["pictures"] == 3
    assert list(report["checks"]) == METHODS
    assert report["chosen"] in {*METHODS, "none"}


def test_a_pooled_head_makes_grad_cam_and_hirescam_alike(report: dict[str, Any]) -> None:
    assert report["faithfulness"]["grad-cam"] == report["faithfulness"]["hirescam"]
    assert report["faithfulness"]["grad-cam"] != report["faithfulness"]["random"]
    assert report["faithfulness"]["random"]["insertion_gain"] == [0.0, 0.0, 0.0]


def test_judging_again_gives_the_same_figures(folder: Path, samples: list[Sample], report: dict[str, Any]) -> None:
    loaded = load(folder)
    assert judge(loaded, samples, known_edits(loaded, samples, TRIAL), TRIAL) == report


def test_a_model_of_edits_is_judged_on_synthesised_ones(samples: list[Sample]) -> None:
    known = known_edits(bundle("edited"), samples, TRIAL)
    assert [name for name, found in known.items() if found] == ["edits of kinds in training", "edits of other kinds"]


def test_half_of_each_class_is_drawn_by_the_seed(samples: list[Sample]) -> None:
    assert [one.label for one in drawn(samples, TRIAL)] == [0, 0, 1, 1]
    assert drawn(samples, TRIAL) == drawn(samples[::1], TRIAL)
    assert drawn(samples, TRIAL) != drawn(samples, Trial(pictures=4, seed=1))


def test_the_interval_holds_the_mean() -> None:
    mean, low, high = interval(np.arange(100.0))
    assert (mean, low < 46, high > 53) == (49.5, True, True)
    assert interval(np.array([2.0])) == [2.0, 2.0, 2.0]


def test_figures_are_kept_beside_the_card_and_the_choice_in_it(
    folder: Path, report: dict[str, Any], tmp_path: Path
) -> None:
    loaded = load(folder)
    save(tmp_path, loaded.card, loaded.network)
    assert kept(tmp_path) is None
    keep(
        tmp_path, {**report, "bundle": "general", "version": "test", "data": ["pack"], "seed": 0, "chosen": "layercam"}
    )
    assert load(tmp_path).card.explanation == "layercam"
    found = kept(tmp_path)
    assert found is not None
    assert (found["weights_sha256"], found["pictures"]) == (loaded.card.weights_sha256, 4)
    text = document([(read_card(tmp_path), found), (loaded.card, None)])
    assert "| general | test | layercam | 4 pictures of pack |" in text
    assert "| general | test | grad-cam | not checked |" in text
    assert f"| {found['faithfulness']['layercam']['insertion']:.3f} |" in text


def test_figures_of_other_weights_are_called_so(folder: Path, report: dict[str, Any], tmp_path: Path) -> None:
    loaded = load(folder)
    save(tmp_path, loaded.card, loaded.network)
    keep(tmp_path, {**report, **NAMED})
    found = {**(kept(tmp_path) or {}), "weights_sha256": "of others"}
    assert "on other weights than those shipped" in document([(loaded.card, found)])


@pytest.mark.parametrize("content", ["[]", "{}", "no JSON"])
def test_a_file_without_figures_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "explanations.json").write_text(content)
    with pytest.raises(ValueError, match="holds no figures of explanations"):
        kept(tmp_path)


def test_the_command_prints_json_and_writes_nothing_unasked(folder: Path, pack: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    arguments = ["--bundle", str(folder), "--data", str(pack), "--pictures", "2", "--masked", "2", "--json"]
    result = CliRunner().invoke(app, ["explain-check", *arguments])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["bundle"], found["data"], found["pictures"]) == ("general", ["pack"], 2)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    "change", [["--data", "nowhere"], ["--bundle", "none"], ["--edited", "x"], ["--pictures", "0"]]
)
def test_wrong_arguments_are_refused_in_a_line(folder: Path, pack: Path, change: list[str]) -> None:
    result = CliRunner().invoke(app, ["explain-check", "--bundle", str(folder), "--data", str(pack), *change])
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_broken_picture_is_named_not_a_traceback(folder: Path, tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack", 1)
    for path in (pack / "train" / "ai").iterdir():
        path.write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    result = CliRunner().invoke(app, ["explain-check", "--bundle", str(folder), "--data", str(pack)])
    assert result.exit_code == 2
    assert "damaged or incomplete" in " ".join(result.output.split())


def test_the_report_of_named_bundles_is_written(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "explanations.md"
    result = CliRunner().invoke(app, ["explain-report", "--bundle", str(folder), "--out", str(out)])
    assert result.exit_code == 0
    assert "| general | test | grad-cam | not checked |" in out.read_text()
    (folder / "explanations.json").write_text("[]")
    assert CliRunner().invoke(app, ["explain-report", "--bundle", str(folder)]).exit_code == 2
    (folder / "explanations.json").unlink()
