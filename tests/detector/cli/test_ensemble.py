"""`python -m detector ensemble`, run as a person runs it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detector.bundles import save
from detector.cli import app
from detector.evaluation.robustness import CONDITIONS
from tests.detector.bundles_for_tests import bundle
from tests.detector.training.packs_for_tests import make_pack

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
    for seed, folder in enumerate(folders):
        made = bundle("general", seed)
        save(folder, made.card, made.network)
    return [argument for folder in folders for argument in ("--bundle", str(folder))]


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pack(tmp_path_factory.mktemp("data") / "pack", 3)


def test_every_condition_is_a_row_with_all_members(members: list[str], pack: Path) -> None:
    result = RUNNER.invoke(app, ["ensemble", *members, "--data", str(pack), "--json"])
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert list(rows) == list(CONDITIONS)
    for row in rows.values():
        assert row["n"] == 12
        assert list(row["members"]) == members[1::2]
        assert row["beaten"] == (row["ensemble"] > max(row["members"].values()))


def test_the_table_says_on_how_many_rows_it_wins(members: list[str], pack: Path) -> None:
    result = RUNNER.invoke(app, ["ensemble", *members, "--data", str(pack), "--condition", "JPEG 60"])
    assert result.exit_code == 0
    assert "of 1 rows" in result.output


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--condition", "wet"], "is none of"),
        (["--weight", "1"], "once for each member"),
        (["--weight", "0", "--weight", "0"], "once for each member"),
        (["--data", "/nowhere"], "/nowhere"),
    ],
)
def test_wrong_usage_is_a_line_and_exit_code_2(members: list[str], pack: Path, more: list[str], message: str) -> None:
    result = RUNNER.invoke(app, ["ensemble", *members, "--data", str(pack), *more])
    assert result.exit_code == 2
    assert message in " ".join(result.output.replace("│", " ").split())


def test_one_member_given_twice_is_no_ensemble(members: list[str], pack: Path) -> None:
    result = RUNNER.invoke(app, ["ensemble", *members[:2], *members[:2], "--data", str(pack)])
    assert result.exit_code == 2
    assert "two different members" in " ".join(result.output.replace("│", " ").split())
