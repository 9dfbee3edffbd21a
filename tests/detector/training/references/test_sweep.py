"""The sweep on a small grid: every network once, chosen by validation, tables, and broken off."""

import json
from pathlib import Path
from typing import Any

import pytest

from detector.training.packs import read_packs
from detector.training.references.sweep import REPORT, Grid, SweepData, SweepError, SweepProgress, SweepSettings, sweep
from detector.training.references.tables import sweep_tables
from tests.detector.training.references.cifake_for_tests import make_part

GRID = Grid(filters=(2, 3), layers=(1, 2), neurons=(4,))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> SweepData:
    root = tmp_path_factory.mktemp("sweep")
    numbers = {"train": range(8), "held": range(10, 14), "test": range(20, 24)}
    parts = {name: read_packs([make_part(root / name, chosen)]) for name, chosen in numbers.items()}
    return SweepData(parts["train"], parts["held"], parts["test"], {0})


class Names(SweepProgress):
    def __init__(self, fail_at: int | None = None) -> None:
        self.heard: list[tuple[int, str]] = []
        self.fail_at = fail_at

    def network(self, place: int, name: str) -> None:
        if place == self.fail_at:
            raise KeyboardInterrupt
        self.heard.append((place, name))


def settings(out: Path, **changes: Any) -> SweepSettings:
    fields: dict[str, Any] = {"out": out, "epochs": 1, "grid": GRID, **changes}
    return SweepSettings(**fields)


def test_the_papers_grid_has_twelve_extractors_and_twenty_four_dense_variants() -> None:
    grid = Grid()
    assert grid.networks() == 36
    assert len(set(grid.extractors())) == 12
    assert grid.extractors()[:2] == ["cifake-16x1", "cifake-32x1"]
    assert len(set(grid.dense_variants("cifake-32x2"))) == 24
    assert grid.dense_variants("cifake-32x2")[-1] == "cifake-32x2-4096x3"


def test_every_network_is_measured_and_the_dense_ones_stand_on_the_best_extractor(
    data: SweepData, tmp_path: Path
) -> None:
    names = Names()
    report = sweep(data, settings(tmp_path), names)
    losses = {name: report["networks"][name]["validation_loss"] for name in GRID.extractors()}
    assert report["extractor"] == min(losses, key=lambda name: losses[name])
    expected = [*GRID.extractors(), *GRID.dense_variants(report["extractor"])]
    assert names.heard == list(enumerate(expected))
    assert sorted(report["networks"]) == sorted(expected)
    one = report["networks"]["cifake-2x1"]
    assert (one["test"]["n"], one["test without leaks"]["n"], one["parameters"]) == (8, 7, 507)
    assert json.loads((tmp_path / REPORT).read_text()) == report


def test_a_sweep_that_was_broken_off_goes_on_and_measures_nothing_twice(data: SweepData, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        sweep(data, settings(tmp_path), Names(fail_at=2))
    before = json.loads((tmp_path / REPORT).read_text())["networks"]
    assert list(before) == ["cifake-2x1", "cifake-3x1"]
    before["cifake-2x1"]["seconds"] = 12345
    changed = json.loads((tmp_path / REPORT).read_text()) | {"networks": before}
    (tmp_path / REPORT).write_text(json.dumps(changed))
    report = sweep(data, settings(tmp_path))
    assert report["networks"]["cifake-2x1"]["seconds"] == 12345
    assert len(report["networks"]) == GRID.networks()


def test_an_extractor_can_be_forced(data: SweepData, tmp_path: Path) -> None:
    report = sweep(data, settings(tmp_path, extractor="cifake-3x2"))
    assert (report["forced"], report["extractor"]) == ("cifake-3x2", "cifake-3x2")
    assert "cifake-3x2-4x1" in report["networks"]


@pytest.mark.parametrize("text", ["{", "[]", '{"networks": 3}', ""])
def test_a_broken_report_is_refused_and_left_as_it_is(data: SweepData, tmp_path: Path, text: str) -> None:
    (tmp_path / REPORT).write_text(text)
    with pytest.raises(SweepError, match=r"sweep\.json cannot be read"):
        sweep(data, settings(tmp_path))
    assert (tmp_path / REPORT).read_text() == text


def test_a_report_of_other_settings_is_refused(data: SweepData, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        sweep(data, settings(tmp_path), Names(fail_at=1))
    with pytest.raises(SweepError, match="another sweep"):
        sweep(data, settings(tmp_path, epochs=2))


def test_the_tables_are_the_papers_2_to_11() -> None:
    figures = {"accuracy": 0.925, "loss": 0.2, "precision": 0.9, "recall": 0.95, "f1": None}
    names = ["cifake-2x1", "cifake-3x1", "cifake-2x2", "cifake-3x2", "cifake-3x2-4x1", "cifake-3x2-4x2"]
    report = {
        "extractor": "cifake-3x2",
        "grid": {"filters": [2, 3], "layers": [1, 2], "neurons": [4]},
        "networks": {name: {"test": figures} for name in names},
    }
    text = sweep_tables(report)
    assert [line for line in text.splitlines() if line.startswith("Table")][:6] == [
        "Table 2: accuracy of feature extractors",
        "Table 3: loss of feature extractors",
        "Table 4: precision of feature extractors",
        "Table 5: recall of feature extractors",
        "Table 6: F1 of feature extractors",
        "Table 7: accuracy of dense layers on cifake-3x2",
    ]
    assert text.count("| 4 | 92.50% | 92.50% |") == 1
    assert text.count("| 3 | 0.200 | 0.200 |") == 1
    assert text.count("| 2 | - | - |") == 1
