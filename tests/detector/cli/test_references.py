"""The references' commands, run as a person runs them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detector.cli import app
from tests.detector.training.references.cifake_for_tests import make_lists, make_part

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def cifake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("cifake")
    make_part(root / "train", range(8))
    make_part(root / "test", range(20, 24))
    make_lists(root / "lists", "medium", range(4))
    return root


def run(*arguments: object) -> tuple[int, str]:
    result = RUNNER.invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "300"})
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_describe_counts_what_is_trained_and_what_only_runs_along() -> None:
    code, output = run("describe", "villarreal")
    assert (code, output.splitlines()[-1]) == (0, "villarreal: 17,562,273 trainable, 3,968 running statistics")


def test_reproduce_writes_a_report_of_which_reproductions_makes_the_page(cifake: Path, tmp_path: Path) -> None:
    data = ("--data", cifake / "train", "--test", cifake / "test", "--lists", cifake / "lists")
    code, output = run("reproduce", "cifake-dense-medium", *data, "--epochs", 1, "--out", tmp_path, "--threads", 1)
    assert code == 0, output
    report = tmp_path / "cifake-dense-medium-seed0.json"
    assert str(report) in output
    code, output = run("reproductions", "--reports", tmp_path, "--out", tmp_path / "page.md")
    assert code == 0, output
    accuracy = json.loads(report.read_text())["test"]["test"]["accuracy"]
    assert f"| {accuracy:.2%} (" in (tmp_path / "page.md").read_text()


def test_train_takes_the_recipe_of_a_reference(cifake: Path, tmp_path: Path) -> None:
    arguments = ("--recipe", "cifake-dense", "--data", cifake / "train", "--epochs", 1, "--threads", 1)
    code, output = run("train", *arguments, "--name", "general", "--out", tmp_path)
    assert code == 0, output
    assert json.loads((tmp_path / "card.json").read_text())["architecture"] == "cifake-32x2-64x1"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("reproduce", "fakenet9", "--data", "CIFAKE/train"), "there is no row named 'fakenet9'"),
        (("reproduce", "cifake-dense-full", "--data", "CIFAKE/nowhere"), "neither a folder nor a tar file"),
        (("reproduce", "cifake-dense-full", "--data", "CIFAKE/train"), "needs --test"),
        (("reproduce", "cross-generator", "--data", "CIFAKE/train", "--folder", "x"), "must be NAME=DIR"),
        (
            ("sweep", "--data", "CIFAKE/train", "--test", "CIFAKE/test", "--extractor", "x"),
            "must be one of cifake-16x1",
        ),
        (("sweep", "--data", "CIFAKE/lists", "--test", "CIFAKE/test"), "holds no folder named real"),
        (("sweep", "--data", "CIFAKE/train", "--test", "CIFAKE/test"), "lack a class"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_line(
    cifake: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    given = [argument.replace("CIFAKE", str(cifake)) for argument in arguments]
    code, output = run(*given, "--out", tmp_path)
    assert code == 2
    assert message in " ".join(output.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_image_is_refused(tmp_path: Path) -> None:
    part = make_part(tmp_path / "train", range(3))
    (part / "FAKE" / "0002.png").write_bytes(b"not an image")
    code, output = run("reproduce", "cifake-dense-full", "--data", part, "--test", part, "--out", tmp_path / "out")
    assert code == 2
    assert "Traceback" not in output
