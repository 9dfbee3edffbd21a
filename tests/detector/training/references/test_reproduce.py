"""A row from images to report: on lists, with leaks, in folds, on further folders, and broken off."""

import json
from pathlib import Path
from typing import Any

import pytest

from detector.training.packs import PackError
from detector.training.progress import EpochFigures, Progress
from detector.training.references.data import Places, images_of
from detector.training.references.reproduce import Settings, reproduce
from detector.training.references.rows import RowError, row
from tests.detector.training.references.cifake_for_tests import make_edited, make_lists, make_part


@pytest.fixture(scope="module")
def cifake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("cifake")
    make_part(root / "train", range(12))
    make_part(root / "test", range(20, 26))
    (root / "test" / "FAKE" / "0099.png").write_bytes((root / "train" / "FAKE" / "0011.png").read_bytes())
    for subset in ("small", "medium"):
        make_lists(root / "lists", subset, range(10))
    make_edited(root / "train-edited", range(6))
    make_edited(root / "test-edited", range(20, 24))
    return root


def places(cifake: Path, **more: Any) -> Places:
    return Places(cifake / "train", cifake / "test", cifake / "lists", **more)


def made(name: str, given: Places, out: Path, **settings: Any) -> dict[str, Any]:
    chosen = row(name)
    path = reproduce(chosen, images_of(chosen, given), Settings(out, epochs=1, **settings))
    assert path.parent == out
    assert list(out.rglob("*.safetensors")) == []
    report: dict[str, Any] = json.loads(path.read_text())
    return report


def test_a_row_trains_on_its_list_and_is_tested_with_and_without_leaks(cifake: Path, tmp_path: Path) -> None:
    report = made("cifake-dense-medium", places(cifake), tmp_path, seed=3)
    assert report["images"] == {"0": 10, "1": 10, "available": 24}
    assert (report["row"], report["seed"], report["parameters"]) == ("cifake-dense-medium", 3, 84_001)
    assert (report["epochs"], report["recipe_epochs"], report["leaked"]) == (1, 10, 1)
    assert report["recipe"]["seed"] == 3
    assert {name: part["n"] for name, part in report["test"].items()} == {"test": 13, "test without leaks": 12}
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["cifake-dense-medium-seed3.json"]


def test_a_row_may_be_trained_on_a_stated_fraction(cifake: Path, tmp_path: Path) -> None:
    report = made("cifake-dense-full", places(cifake), tmp_path, limit=4)
    assert report["images"] == {"0": 4, "1": 4, "available": 24}
    assert (report["limit"], report["leaked"]) == (4, 1)


def test_an_edited_task_trains_on_the_listed_images_of_its_class(cifake: Path, tmp_path: Path) -> None:
    given = places(cifake, edited=cifake / "train-edited", test_edited=cifake / "test-edited")
    report = made("fakenet2-real-vs-edited", given, tmp_path)
    assert report["images"] == {"0": 10, "1": 6, "available": 24}
    assert report["recipe"]["role"] == "edited"
    assert report["test"]["test"]["n"] == 10
    assert {name: part["n"] for name, part in report["test"]["test"]["sources"].items()} == {"edited": 4, "real": 6}


def test_further_folders_are_tested_each_by_its_name(cifake: Path, tmp_path: Path) -> None:
    given = Places(
        cifake / "train", None, cifake / "lists", folders={"other": cifake / "test", "again": cifake / "train"}
    )
    report = made("cross-generator", given, tmp_path)
    assert {name: part["n"] for name, part in report["test"].items()} == {"other": 13, "again": 24}


def test_folds_score_every_image_once_by_a_network_that_did_not_see_it(cifake: Path, tmp_path: Path) -> None:
    report = made("few-shot", Places(cifake / "train", lists=cifake / "lists"), tmp_path)
    counts = {name: part["n"] for name, part in report["test"].items()}
    assert counts == {"5 folds together": 20, **{f"fold {number}": 4 for number in range(1, 6)}}


def test_the_same_seed_gives_the_same_figures(cifake: Path, tmp_path: Path) -> None:
    first, second = (made("cifake-dense-medium", places(cifake), tmp_path / part) for part in ("a", "b"))
    assert (first["losses"], first["test"]) == (second["losses"], second["test"])


class Broken(Progress):
    def epoch(self, figures: EpochFigures) -> None:
        if figures.epoch == 1:
            raise KeyboardInterrupt


def test_a_run_that_was_broken_off_goes_on_to_the_same_figures(cifake: Path, tmp_path: Path) -> None:
    chosen, settings = row("cifake-dense-medium"), Settings(tmp_path / "broken", epochs=3)
    images = images_of(chosen, places(cifake))
    with pytest.raises(KeyboardInterrupt):
        reproduce(chosen, images, settings, Broken())
    assert not list(settings.out.glob("*.json"))
    resumed = json.loads(reproduce(chosen, images, settings).read_text())
    whole = json.loads(reproduce(chosen, images, Settings(tmp_path / "whole", epochs=3)).read_text())
    assert (resumed["losses"], resumed["test"]) == (whole["losses"], whole["test"])


@pytest.mark.parametrize(
    ("name", "lacking", "message"),
    [
        ("cifake-dense-medium", {"lists": None}, "needs --lists"),
        ("cifake-dense-medium", {"test": None}, "needs --test"),
        ("fakenet2-real-vs-edited", {}, "needs --edited"),
        ("cross-generator", {"test": None}, "needs --folder or --test"),
        ("cifake-dense-medium", {"lists": Path("nowhere")}, "list-train-medium-REAL.txt cannot be read"),
    ],
)
def test_what_a_row_needs_and_lacks_is_named(cifake: Path, name: str, lacking: dict[str, Any], message: str) -> None:
    fields = {"data": cifake / "train", "test": cifake / "test", "lists": cifake / "lists"} | lacking
    with pytest.raises(PackError, match=message):
        images_of(row(name), Places(**fields))


def test_lists_of_other_images_are_refused(cifake: Path, tmp_path: Path) -> None:
    lists = make_lists(tmp_path, "medium", range(500, 510))
    with pytest.raises(PackError, match="None of the images that the medium lists name"):
        images_of(row("cifake-dense-medium"), Places(cifake / "train", cifake / "test", lists))


def test_an_unknown_row_is_refused() -> None:
    with pytest.raises(RowError, match="no row named 'fakenet3'; known: villarreal-faces"):
        row("fakenet3")
