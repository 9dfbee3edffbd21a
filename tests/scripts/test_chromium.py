from pathlib import Path

import pytest

from scripts import chromium


def test_the_chosen_browser_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    monkeypatch.setenv("ASSAY_CHROMIUM", str(browser))
    assert chromium.find() == str(browser)


def test_a_chosen_browser_that_is_not_there_ends_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSAY_CHROMIUM", "/nowhere/chromium")
    assert chromium.main() == 1
    assert capsys.readouterr() == ("", "ASSAY_CHROMIUM is /nowhere/chromium, and no program is there.\n")


def test_debians_name_is_looked_for_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASSAY_CHROMIUM", raising=False)
    for name in ("google-chrome", "chromium"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.find() == str(tmp_path / "chromium")


def test_without_apt_the_sentence_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ASSAY_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.main() == 1
    assert capsys.readouterr() == (
        "",
        (
            "Chromium is missing, and so is apt-get; "
            "install it (Debian: sudo apt-get install chromium) or set ASSAY_CHROMIUM to its path.\n"
        ),
    )


def test_an_apt_that_fails_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, script in {
        "apt-get": "echo 'E: Unable to locate package chromium' >&2; exit 100",
        "sudo": 'shift; [ "$1" = true ] || exec "$@"',
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.delenv("ASSAY_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.main() == 1
    assert "apt-get could not install it (E: Unable to locate package chromium); install it" in capsys.readouterr().err
