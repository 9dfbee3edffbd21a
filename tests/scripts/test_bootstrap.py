import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts import bootstrap

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that needs no package, in a folder with a space in its name."""
    root = tmp_path / "my project"
    root.mkdir()
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        (root / name).write_text("# nothing\n")
    monkeypatch.setattr(bootstrap, "ROOT", root)
    monkeypatch.setattr(bootstrap, "VENV", root / ".venv")
    monkeypatch.setattr(bootstrap, "LOG", root / "var" / "log" / "install.log")
    return root


def pretend_installed(project: Path, purpose: str) -> None:
    """Lays out what an installation leaves and the bootstrap looks at."""
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (project / ".venv" / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}").mkdir(parents=True)
    (project / ".venv" / f".assay-{purpose}").write_text(bootstrap.stamp(purpose))


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs make as a person would, also when the tests themselves were started by make."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", [[], ["deploy"], ["demo", "test"]])
def test_an_unknown_purpose_shows_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(arguments) == 2
    assert capsys.readouterr().err == "usage: python3 -m scripts.bootstrap demo|test\n"


def test_a_python_that_is_too_old_ends_in_one_sentence(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    assert bootstrap.main(["demo"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"Assay needs Python 3.11 or 3.12, and {sys.executable} is ")
    assert "make demo PYTHON=python3.1" in shown.err
    assert shown.err.count("\n") == 1
    assert not (project / "var").exists()


def test_the_advice_names_only_a_python_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, working = tmp_path / "python3.12", tmp_path / "python3.11"
    broken.write_text("#!/bin/sh\nexit 127\n")
    working.write_text("#!/bin/sh\nexit 0\n")
    broken.chmod(0o755)
    working.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.advice("test") == "run: make test PYTHON=python3.11"
    working.unlink()
    assert bootstrap.advice("test") == "install it, then run: make test PYTHON=python3.12"


def test_a_machine_without_setpriv_ends_in_one_sentence(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(project))
    assert bootstrap.main(["demo"]) == 1
    assert capsys.readouterr() == ("", "The command setpriv is missing; install the package util-linux.\n")


def test_a_disk_that_is_too_small_ends_in_one_sentence(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "NEEDED_BYTES", 10**18)
    assert bootstrap.main(["demo"]) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith(f"The disk that holds {project} has ")
    assert shown.err.endswith(" GB free; the packages need about 1000000000 GB.\n")
    assert not (project / ".venv").exists()


def test_a_folder_that_cannot_be_written_ends_in_one_sentence(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "var").write_text("a file where the folder should be")
    assert bootstrap.main(["demo"]) == 1
    assert capsys.readouterr().err == f"Assay cannot be set up in {project}: Not a directory.\n"


@pytest.mark.parametrize(("installed", "purpose"), [("demo", "demo"), ("test", "test"), ("test", "demo")])
def test_what_is_in_place_is_left_alone_at_once_and_in_silence(
    project: Path, installed: str, purpose: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend_installed(project, installed)
    began = time.monotonic()
    assert bootstrap.main([purpose]) == 0
    assert time.monotonic() - began < 1
    assert capsys.readouterr() == ("", "")
    assert not (project / "var" / "log" / "install.log").exists()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "constraints.txt"])
def test_the_stamp_of_the_tests_follows_every_file_that_says_what_is_installed(project: Path, name: str) -> None:
    before = bootstrap.stamp("test")
    (project / name).write_text("something-else\n")
    assert bootstrap.stamp("test") != before


def test_the_stamp_of_the_demo_ignores_what_only_the_tests_need(project: Path) -> None:
    before = bootstrap.stamp("demo")
    (project / "requirements-dev.txt").write_text("something-else\n")
    assert bootstrap.stamp("demo") == before


@pytest.mark.integration
def test_a_failed_installation_is_tried_again_and_a_finished_one_is_not(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (project / "requirements-dev.txt").write_text("assay-no-such-package\n")
    assert bootstrap.main(["test"]) == 1
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0].startswith(f"[1/3] Checking the machine: Python {sys.version_info[0]}.{sys.version_info[1]}.")
    assert lines[1] == "[2/3] Preparing the virtual environment .venv"
    assert lines[2].startswith("[3/3] Installing requirements-dev.txt, ")
    assert shown.err.startswith("There is no package assay-no-such-package for Python ")
    assert shown.err.endswith(f"(log: {project / 'var' / 'log' / 'install.log'}).\n")
    assert not (project / ".venv" / ".assay-test").exists()
    assert not (project / "var" / "tmp").exists()

    (project / "requirements-dev.txt").write_text("# nothing\n")
    assert bootstrap.main(["test"]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert shown.out.splitlines()[-1].startswith("      Installed in ")

    assert bootstrap.main(["demo"]) == 0
    assert capsys.readouterr() == ("", "")


def test_make_alone_says_what_there_is() -> None:
    done = make()
    assert done.returncode == 0
    assert [word for word in ("make demo", "make test", "make lint", "make bench") if word not in done.stdout] == []


def test_make_with_a_python_that_is_not_there_ends_in_one_sentence() -> None:
    done = make("packages", PYTHON="python-of-nowhere")
    assert done.returncode != 0
    first = done.stderr.splitlines()[0]
    assert first == (
        "There is no python-of-nowhere here; install Python 3.11 or 3.12, or name it: make packages PYTHON=python3.12"
    )


def test_every_python_of_this_machine_can_at_least_read_the_bootstrap() -> None:
    older = [path for name in ("python3.8", "python3.9", "python3.10") if (path := shutil.which(name))]
    for python in older:
        if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            done = subprocess.run(
                [python, "-m", "scripts.bootstrap", "demo"], cwd=ROOT, capture_output=True, text=True, check=False
            )
            assert done.returncode == 1
            assert done.stderr.startswith("Assay needs Python 3.11 or 3.12")
