"""The command provenance: a table, JSON lines, and one line for each thing that is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from detector.cli import app
from tests.detector.provenance.files import packed_text, plain, png, text
from tests.detector.provenance.signing import Authority, authority, signed

RUNNER = CliRunner()
SETTINGS = "Steps: 20, Sampler: Euler a, Seed: 1, "


@pytest.fixture(scope="module")
def studio() -> Authority:
    return authority("Studio")


def rows(*arguments: str, code: int = 0) -> list[dict[str, Any]]:
    result = RUNNER.invoke(app, ["provenance", *arguments, "--json"])
    assert result.exit_code == code, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_json_has_a_line_for_each_file_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(text("parameters", SETTINGS)))
    (tmp_path / "b.png").write_bytes(plain("image/png"))
    first, second = rows(str(tmp_path))
    assert first["path"] == str(tmp_path / "a.png")
    assert [(told["kind"], told["trust"], told["suggests"]) for told in first["provenance"]] == [
        ("generator_text", "forgeable", "ai_generated")
    ]
    assert second == {"path": str(tmp_path / "b.png"), "provenance": [], "error": None}


def test_trust_list_is_a_file_of_roots(tmp_path: Path, studio: Authority) -> None:
    picture, roots = tmp_path / "a.jpg", tmp_path / "roots.pem"
    picture.write_bytes(signed(studio))
    roots.write_bytes(studio.root)
    assert rows(str(picture))[0]["provenance"][0]["trust"] == "signed_untrusted"
    assert rows(str(picture), "--trust-list", str(roots))[0]["provenance"][0]["trust"] == "signed"


def test_a_broken_and_a_missing_file_are_rows_with_their_error(tmp_path: Path) -> None:
    broken = tmp_path / "a.jpg"
    broken.write_bytes(b"\xff\xd8\xff nothing")
    first, second = rows(str(broken), str(tmp_path / "none.png"), code=1)
    assert first["error"] == "The image is damaged or incomplete."
    assert second["error"].startswith("The file cannot be read: ")
    assert first["provenance"] == second["provenance"] == []


@pytest.mark.parametrize("content", [b"", b"nothing"])
def test_a_trust_list_that_is_none_is_wrong_usage(tmp_path: Path, content: bytes) -> None:
    roots, picture = tmp_path / "roots.pem", tmp_path / "a.png"
    roots.write_bytes(content)
    picture.write_bytes(plain("image/png"))
    result = RUNNER.invoke(app, ["provenance", str(picture), "--trust-list", str(roots)])
    assert result.exit_code == 2
    assert "Traceback" not in result.output


@pytest.mark.parametrize("arguments", [[], ["--nonsense"], ["a.png", "--trust-list", "nowhere.pem"]])
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    assert RUNNER.invoke(app, ["provenance", *arguments]).exit_code == 2


def test_table_says_that_nothing_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "a.png").write_bytes(plain("image/png"))
    (tmp_path / "b.png").write_bytes(png(text("Software", "[red]GIMP[/red] [/nonsense]")))
    result = RUNNER.invoke(app, ["provenance", str(tmp_path)])
    assert result.exit_code == 0
    assert "nothing found" in result.stdout
    assert result.stdout.endswith("That nothing was found says nothing about an image.\n")
    assert "[red]GIMP[/red] [/nonsense]" in result.stdout


def test_a_text_that_unpacks_to_too_much_is_survived(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(packed_text("parameters", b"a" * 50_000_000)))
    assert rows(str(tmp_path))[0]["error"] is None
