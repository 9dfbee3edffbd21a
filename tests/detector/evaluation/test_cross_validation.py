"""Folds are trained, judged, summed up, and not trained again."""

import json
from pathlib import Path

import pytest

from detector.bundles import load
from detector.evaluation.cross_validation import cross_validate
from detector.evaluation.folds import By, folds, with_shuffled_labels
from detector.training.packs import PackError, Sample, read_packs
from detector.training.progress import Progress
from detector.training.recipe import Recipe
from detector.training.run import Plan
from tests.detector.training.packs_for_tests import make_pack

RECIPE = Recipe(
    "general",
    architecture="cifake-16x1-32x1",
    size=32,
    epochs=6,
    batch=8,
    trunk_rate=1e-2,
    head_rate=1e-2,
    frozen_blocks=0,
    augmentation="none",
    precision="float32",
    validation_share=0.3,
)


class Steps(Progress):
    def __init__(self) -> None:
        self.taken = 0

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        self.taken += 1


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    return read_packs([make_pack(tmp_path_factory.mktemp("data") / "pack", 16)])


def plan(out: Path) -> Plan:
    return Plan([], ["pack"], None, "general", "cross-validation", out, device="cpu")


def test_every_image_is_judged_and_what_can_be_learnt_is(samples: list[Sample], tmp_path: Path) -> None:
    said: list[str] = []
    report = cross_validate(RECIPE, plan(tmp_path), folds(samples, By.IMAGES, 2), announce=said.append)
    assert [row["n"] for row in report["folds"]] == [32, 32]
    assert report["pooled"]["n"] == 64
    assert report["pooled"]["accuracy"] > 0.9
    assert report["mean"]["accuracy"]["mean"] == pytest.approx(report["pooled"]["accuracy"], abs=1e-4)
    assert json.loads((tmp_path / "cross-validation.json").read_text()) == json.loads(json.dumps(report))
    assert load(tmp_path / "fold-1").card.version == "cross-validation, fold 1"
    assert [text[:11] for text in said] == ["fold 1 of 2", "fold 2 of 2"]


def test_a_second_run_trains_nothing_and_reports_the_same(samples: list[Sample], tmp_path: Path) -> None:
    parts = folds(samples[::2], By.IMAGES, 2)
    first, again = Steps(), Steps()
    before = cross_validate(RECIPE, plan(tmp_path), parts, first)
    after = cross_validate(RECIPE, plan(tmp_path), parts, again)
    assert (first.taken > 0, again.taken) == (True, 0)
    assert before == after


def test_the_folds_of_other_data_are_not_mistaken_for_these(samples: list[Sample], tmp_path: Path) -> None:
    cross_validate(RECIPE, plan(tmp_path), folds(samples[::2], By.IMAGES, 2)[:1])
    with pytest.raises(PackError, match="another recipe or of other data"):
        cross_validate(RECIPE, plan(tmp_path), folds(samples, By.IMAGES, 2))


def test_a_source_at_a_time_gives_accuracies_and_a_pooled_auc(samples: list[Sample], tmp_path: Path) -> None:
    report = cross_validate(RECIPE, plan(tmp_path), folds(samples, By.EACH_SOURCE))
    assert [(row["fold"], row["auc"]) for row in report["folds"]] == [
        (name, None) for name in ("ai0", "ai1", "real0", "real1")
    ]
    assert report["mean"]["auc"] is None
    assert report["pooled"]["auc"] > 0.9


def test_shuffled_labels_score_by_chance(samples: list[Sample], tmp_path: Path) -> None:
    report = cross_validate(RECIPE, plan(tmp_path), folds(with_shuffled_labels(samples), By.IMAGES, 2))
    low, high = report["pooled"]["intervals"]["accuracy"]
    assert low < 0.5 + 0.06
    assert high > 0.5 - 0.06
    assert 0.3 < report["pooled"]["accuracy"] < 0.7
