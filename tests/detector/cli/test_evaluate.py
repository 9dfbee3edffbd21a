"""`evaluate` and `compare`, run as a person runs them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from detector.bundles import save
from detector.cli import app
from tests.detector.bundles_for_tests import bundle
from tests.detector.training.packs_for_tests import make_pack

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    root = tmp_path_factory.mktemp("bundles")
    for seed, name in enumerate("ab"):
        made = bundle("general", seed)
        save(root / name, made.card, made.network)
    return str(root / "a"), str(root / "b")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return make_pack(tmp_path / "pack", 2)


def run(*arguments: str) -> dict[str, Any]:
    result = RUNNER.invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    made: dict[str, Any] = json.loads(result.stdout)
    return made


def test_a_broken_file_is_a_row_and_the_others_are_measured(folders: tuple[str, str], pack: Path) -> None:
    (pack / "train" / "ai" / "ai0__broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    made = run("evaluate", "--bundle", folders[0], "--data", str(pack))
    assert made["n"] == 8
    (row,) = made["unreadable"]
    assert row["file"].endswith("ai/ai0__broken.jpg")
    assert row["reason"] == "The image is damaged or incomplete."


def test_excluded_files_take_no_part(folders: tuple[str, str], pack: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("real0__000.jpg\nai/ai1__001.jpg\n")
    made = run("evaluate", "--bundle", folders[0], "--data", str(pack), "--exclude", str(tmp_path / "list.txt"))
    assert (made["n"], made["excluded"]) == (6, 2)
    assert made["sources"]["real0"]["n"] == 1


def test_several_conditions_stand_side_by_side_and_are_plotted(
    folders: tuple[str, str], pack: Path, tmp_path: Path
) -> None:
    wanted = ["--condition", "as it is", "--condition", "blurred", "--plots", str(tmp_path / "plots")]
    made = run("evaluate", "--bundle", folders[0], "--data", str(pack), *wanted)
    assert list(made["conditions"]) == ["as it is", "blurred"]
    assert made["condition"] == "as it is"
    assert made["conditions"]["as it is"]["auc"] == made["auc"]
    plots = sorted(path.relative_to(tmp_path / "plots").as_posix() for path in (tmp_path / "plots").rglob("*.png"))
    assert plots == [
        f"{folder}/{name}.png"
        for folder in ("as-it-is", "blurred")
        for name in ("confusion", "error-by-share", "reliability")
    ]


def test_the_tables_name_every_figure(folders: tuple[str, str], pack: Path) -> None:
    result = RUNNER.invoke(app, ["evaluate", "--bundle", folders[0], "--data", str(pack)])
    assert result.exit_code == 0
    for text in ("balanced accuracy", "precision", "calibration error", "called not real", "answered", "real0"):
        assert text in result.stdout


def test_compare_is_paired_over_the_same_images(folders: tuple[str, str], pack: Path) -> None:
    made = run("compare", *folders, "--data", str(pack))
    ours = [run("evaluate", "--bundle", folder, "--data", str(pack)) for folder in folders]
    assert made["n"] == 8
    assert made["differences"]["accuracy"]["a"] == pytest.approx(ours[0]["accuracy"], abs=1e-4)
    assert made["differences"]["accuracy"]["b"] == pytest.approx(ours[1]["accuracy"], abs=1e-4)
    assert 0 <= made["mcnemar"]["mid_p"] <= made["mcnemar"]["exact"] <= 1


def test_compare_prints_test_and_intervals(folders: tuple[str, str], pack: Path) -> None:
    result = RUNNER.invoke(app, ["compare", *folders, "--data", str(pack)])
    assert result.exit_code == 0
    assert "McNemar mid-p" in result.stdout
    assert "balanced accuracy" in result.stdout


@pytest.mark.parametrize(
    "change",
    [
        ["--condition", "sunny"],
        ["--exclude", "nowhere.txt"],
        ["--data", "nowhere"],
    ],
)
def test_wrong_arguments_exit_with_2_and_one_reason(folders: tuple[str, str], pack: Path, change: list[str]) -> None:
    for command in (["evaluate", "--bundle", folders[0]], ["compare", *folders]):
        result = RUNNER.invoke(app, [*command, "--data", str(pack), *change])
        assert result.exit_code == 2
        assert "Traceback" not in result.output


def test_a_damaged_tar_is_wrong_usage(folders: tuple[str, str], tmp_path: Path) -> None:
    for name, content in (("empty.tar", b""), ("noise.tar.xz", b"\xfd7zXZ\x00 noise"), ("text.tar.gz", b"text")):
        (tmp_path / name).write_bytes(content)
        result = RUNNER.invoke(app, ["evaluate", "--bundle", folders[0], "--data", str(tmp_path / name)])
        assert result.exit_code == 2, result.output
        assert "Traceback" not in result.output


def test_plots_that_cannot_be_written_are_wrong_usage(folders: tuple[str, str], pack: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    arguments = ["--data", str(pack), "--plots", str(tmp_path / "file" / "plots")]
    assert RUNNER.invoke(app, ["evaluate", "--bundle", folders[0], *arguments]).exit_code == 2
