"""`scan`: what it takes, what it writes, and what it makes of files that were made to harm."""

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from detector.bundles import save
from detector.cli import app
from detector.cli.scanning import Scanner, files_of
from detector.cli.text import shown
from detector.detect import Detector
from tests.detector.bundles_for_tests import bundle
from tests.detector.pictures import encoded, noise
from tests.detector.provenance.files import png, text

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("bundle") / "edited"
    made = bundle("edited", 2)
    save(path, made.card, made.network)
    return str(path)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    root = tmp_path / "in"
    for number, name in enumerate(("a.png", "deep/b.png", "deep/er/c.png")):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(noise(64, 48, number), "PNG"))
    return root


def scan(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    result = RUNNER.invoke(app, ["scan", *arguments, "--device", "cpu", "--json"])
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_a_bundle_of_ones_own_judges_alone(folder: str, pictures: Path) -> None:
    code, rows = scan(str(pictures), "--bundle", folder)
    assert code == 0
    assert [finding["role"] for row in rows for finding in row["findings"]] == ["edited"] * 3
    assert rows[0]["findings"][0]["model"] == {"name": "edited", "version": "test"}


def test_csv_has_one_line_a_file_with_the_roles_as_columns(folder: str, pictures: Path) -> None:
    (pictures / "deep" / "broken.png").write_bytes(b"no picture")
    result = RUNNER.invoke(app, ["scan", str(pictures), "--bundle", folder, "--format", "csv"])
    assert result.exit_code == 1
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [Path(row["path"]).name for row in rows] == ["a.png", "b.png", "broken.png", "c.png"]
    assert rows[2]["error"] == "The file is not an image of an accepted type."
    assert (rows[2]["edited"], rows[2]["label"]) == ("", "")
    assert (float(rows[0]["edited"]), rows[0]["general"]) == (
        scan(str(pictures / "a.png"), "--bundle", folder)[1][0]["findings"][0]["probability"],
        "",
    )


def test_a_batch_judges_as_each_file_alone(pictures: Path) -> None:
    made = bundle("edited", 2)
    scanner = Scanner(Detector({"edited": made}, "cpu", threads=1), {"edited": made.card}, None)
    files = files_of([pictures]) * 4
    together = list(scanner.rows(files))
    assert [row["path"] for row in together] == [str(path) for path in files]
    alone = [row for path in files[:3] for row in scanner.rows([path])]
    assert [row["probability"] for row in together[:3]] == pytest.approx(
        [row["probability"] for row in alone], abs=1e-3
    )
    assert together[:3] == together[3:6]


def test_patterns_folders_and_files_can_be_mixed(pictures: Path) -> None:
    found = files_of([pictures / "**" / "*.png", pictures / "deep", pictures / "a.png"])
    assert [path.name for path in found] == ["a.png", "b.png", "c.png", "b.png", "c.png", "a.png"]
    assert files_of([pictures / "none*.png"]) == [pictures / "none*.png"]


def test_a_file_named_like_a_pattern_is_a_file(pictures: Path) -> None:
    odd = pictures / "x[1].png"
    odd.write_bytes(b"")
    assert files_of([odd]) == [odd]


def test_hidden_files_of_a_folder_are_left_alone(pictures: Path) -> None:
    for name in (".DS_Store", ".cache/d.png"):
        (pictures / name).parent.mkdir(exist_ok=True)
        (pictures / name).write_bytes(b"")
    assert [path.name for path in files_of([pictures])] == ["a.png", "b.png", "c.png"]


def test_pipes_devices_and_folders_in_the_way_are_rows(folder: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere")
    code, rows = scan(str(tmp_path), "/dev/zero", str(tmp_path / "a\x01.png"), "--bundle", folder)
    assert code == 1
    assert [row["error"] for row in rows] == [
        "The file cannot be read: No such file or directory.",
        "It is not a regular file.",
        "It is not a regular file.",
        "The file cannot be read: No such file or directory.",
    ]


def test_a_file_beyond_the_limit_is_refused_without_being_read_whole(folder: str, tmp_path: Path) -> None:
    with (tmp_path / "huge.png").open("wb") as file:
        file.write(encoded(noise(64, 64), "PNG"))
        file.truncate(50_000_000_000)
    _, (row,) = scan(str(tmp_path), "--bundle", folder)
    assert row["error"].startswith("The file has 20000001 bytes")


def test_names_are_shown_and_never_obeyed(folder: str, tmp_path: Path) -> None:
    (tmp_path / "a[").mkdir()
    for name in (b"a[/red]\x1b[31m.png", b"\xff\xfe.png", b"=1+1.png"):
        (tmp_path / os.fsdecode(name)).write_bytes(encoded(noise(40, 40), "PNG"))
    table = RUNNER.invoke(app, ["scan", str(tmp_path), "--bundle", folder], terminal_width=200)
    assert table.exit_code == 0, table.output
    assert "\x1b[31m" not in table.stdout
    lines = RUNNER.invoke(app, ["scan", str(tmp_path), "--bundle", folder, "--format", "csv"])
    assert lines.exit_code == 0
    assert len(list(csv.DictReader(io.StringIO(lines.stdout)))) == 3
    assert shown("a\x1b\udcff.png") == "a?\ufffd.png"


def test_a_spreadsheet_finds_no_formula(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("=cmd.png").write_bytes(encoded(noise(40, 40), "PNG"))
    result = RUNNER.invoke(app, ["scan", "=cmd.png", "--bundle", folder, "--format", "csv"])
    assert result.stdout.splitlines()[1].startswith("./=cmd.png,")


def test_heatmaps_are_written_and_one_that_cannot_be_is_a_row(folder: str, pictures: Path, tmp_path: Path) -> None:
    code, rows = scan(str(pictures / "a.png"), "--bundle", folder, "--heatmaps", str(tmp_path / "maps"))
    (written,) = (tmp_path / "maps").iterdir()
    assert (code, rows[0]["error"], Image.open(written).size) == (0, None, (64, 48))
    written.unlink()
    written.mkdir()
    code, rows = scan(str(pictures / "a.png"), "--bundle", folder, "--heatmaps", str(tmp_path / "maps"))
    assert (code, rows[0]["error"]) == (1, "Its heatmap cannot be written: Is a directory.")
    assert rows[0]["label"] is not None


@pytest.mark.parametrize(
    "change",
    [
        ["--bundle", "nothing"],
        ["--device", "abacus"],
        ["--format", "xml"],
        ["--engine", "steam"],
        ["--heatmaps", "in/a.png"],
    ],
)
def test_wrong_usage_exits_with_2(pictures: Path, monkeypatch: pytest.MonkeyPatch, change: list[str]) -> None:
    monkeypatch.chdir(pictures.parent)
    result = RUNNER.invoke(app, ["scan", "in", *change])
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output


def test_two_bundles_of_one_role_are_wrong_usage(folder: str, pictures: Path) -> None:
    result = RUNNER.invoke(app, ["scan", str(pictures), "--bundle", folder, "--bundle", folder])
    assert result.exit_code == 2
    assert "two bundles have the role edited" in result.output


def test_rows_tell_what_files_say_of_themselves(folder: str, tmp_path: Path) -> None:
    told, silent, broken = tmp_path / "a.png", tmp_path / "b.png", tmp_path / "c.png"
    told.write_bytes(png(text("parameters", "Steps: 20, Sampler: Euler a, Seed: 1, ")))
    silent.write_bytes(png())
    broken.write_bytes(b"no picture")
    _, rows = scan(str(tmp_path), "--bundle", folder)
    assert [[one["suggests"] for one in row["provenance"]] for row in rows] == [["ai_generated"], [], []]
    assert rows[0]["provenance"][0]["trust"] == "forgeable"
    assert rows[0]["label"] in {"real", "uncertain", "edited"}
