"""`data prepare` and `data check`, run as a person runs them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detector.bundles import save
from detector.cli import app
from tests.detector.bundles_for_tests import bundle
from tests.detector.data.archives_for_tests import as_folder, as_zip, cifake, names, picture, textured
from tests.detector.pictures import encoded

RUNNER = CliRunner()


def pack(root: Path, first: int = 0, n: int = 22) -> Path:
    files = {
        f"{label}/{label}{at % 2}__{at}.jpg": encoded(textured(first + at + 500 * (label == "ai"), 48), "JPEG")
        for label in ("real", "ai")
        for at in range(n)
    }
    return as_folder(root, files)


def test_prepare_makes_a_pack_and_says_what_it_did(tmp_path: Path) -> None:
    files = cifake() | {"test/FAKE/leak.jpg": cifake()["train/FAKE/0000 (2).jpg"]}
    source = as_zip(tmp_path / "archive.zip", files)
    result = RUNNER.invoke(app, ["data", "prepare", "cifake", str(source), str(tmp_path / "pack")])
    assert result.exit_code == 0, result.output
    assert "1 files of the test stand in training too, listed in leaked.txt" in result.stdout
    assert {"leaked.txt", "report.json"} < set(names(tmp_path / "pack"))


def test_prepare_in_json_is_the_report(tmp_path: Path) -> None:
    source = as_folder(tmp_path / "in", {"odd/1.png": picture(1), "real/2.png": picture(2)})
    result = RUNNER.invoke(
        app,
        [
            *("data", "prepare", "folder", str(source), str(tmp_path / "pack")),
            *("--label", "odd=ai", "--test-share", "0.01", "--json"),
        ],
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == json.loads((tmp_path / "pack" / "report.json").read_text())


@pytest.mark.parametrize(
    "arguments",
    [
        ["sunsets", "in", "pack"],
        ["folder", "none", "pack"],
        ["folder", "in", "in"],
        ["folder", "in", "pack", "--label", "odd"],
        ["folder", "in", "pack", "--label", "odd=odder"],
        ["folder", "in", "pack", "--square", "0"],
        ["folder", "in", "pack", "--edits", "none"],
        ["folder", "in", "\x00"],
    ],
)
def test_wrong_usage_exits_with_2_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    as_folder(tmp_path / "in", {"real/1.png": picture(1), "ai/2.png": picture(2)})
    result = RUNNER.invoke(app, ["data", "prepare", *arguments])
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    assert names(tmp_path) == ["in/ai/2.png", "in/real/1.png"]


def test_check_of_a_sound_pack_exits_with_0(tmp_path: Path) -> None:
    made = bundle("general")
    save(tmp_path / "bundle", made.card, made.network)
    train, test = pack(tmp_path / "train"), pack(tmp_path / "test", first=2000)
    arguments = ["--against", str(train), "--bundle", str(tmp_path / "bundle"), "--json"]
    result = RUNNER.invoke(app, ["data", "check", str(test), *arguments])
    report = json.loads(result.stdout)
    assert report["passed"]["scores depend on pixels alone"]
    assert report["passed"]["nothing stands in both"]
    assert report["against"]["n"] == 44
    assert result.exit_code == (0 if all(report["passed"].values()) else 1)


def test_check_lists_what_stands_in_both_and_exits_with_1(tmp_path: Path) -> None:
    train, test = pack(tmp_path / "train"), pack(tmp_path / "test", first=2000)
    (test / "real" / "real0__leak.jpg").write_bytes((train / "real" / "real0__4.jpg").read_bytes())
    listed = tmp_path / "leaked.txt"
    result = RUNNER.invoke(app, ["data", "check", str(test), "--against", str(train), "--leaks", str(listed)])
    assert result.exit_code == 1
    assert "nothing stands in both" in result.stdout
    (line,) = listed.read_text().splitlines()
    assert line.endswith(f"  {test / 'real' / 'real0__leak.jpg'}")
    assert len(line.split()[0]) == 64


def test_check_of_too_little_or_of_nothing_exits_with_2(tmp_path: Path) -> None:
    small = pack(tmp_path / "small", n=3)
    for path in (small, tmp_path / "none"):
        result = RUNNER.invoke(app, ["data", "check", str(path)])
        assert result.exit_code == 2
        assert "Traceback" not in result.output
