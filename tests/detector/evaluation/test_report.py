"""A report has every figure that is promised, by source and in all."""

from pathlib import Path

import numpy as np
import pytest
import torch

from detector.bundles import Bundle
from detector.evaluation.report import evaluate, evaluate_conditions, report
from detector.evaluation.robustness import CONDITIONS
from detector.evaluation.scoring import Scored, score
from detector.images import ImageRefused, read
from detector.preprocessing import to_batch
from detector.training.packs import PackError, Sample, read_packs
from tests.detector.training.packs_for_tests import make_pack

PROMISED = {"n", "accuracy", "balanced_accuracy", "auc", "ece", "false_alarm_rate", "abstained", "sources"}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    return read_packs([make_pack(tmp_path_factory.mktemp("data") / "pack", 3)])


def test_scores_are_the_networks_logits_of_whole_files(general: Bundle, samples: list[Sample]) -> None:
    scored = score(general.network, general.card.input, samples)
    views = [read(sample.read()).pixels for sample in samples]
    with torch.no_grad():
        expected = general.network.logits(to_batch(views, general.card.input))
    assert np.allclose(scored.logits, expected.numpy(), atol=1e-4)
    assert scored.labels.tolist() == [sample.label for sample in samples]
    assert scored.sources == [sample.source for sample in samples]


def test_every_promised_figure_is_there(general: Bundle, samples: list[Sample]) -> None:
    made = evaluate(general, samples)
    assert set(made) >= PROMISED
    assert made["n"] == 12
    assert {name: row["n"] for name, row in made["sources"].items()} == {"ai0": 3, "ai1": 3, "real0": 3, "real1": 3}
    assert made["sources"]["ai0"]["label"] == "not real"


def test_figures_follow_from_logits_and_the_cards_calibration(general: Bundle) -> None:
    logits = np.array([-4.0, 0.2, 1.0, 4.0])
    made = report(general, Scored(logits, np.array([0, 0, 1, 1]), ["a", "a", "b", "c"]))
    assert (made["accuracy"], made["false_alarm_rate"], made["auc"]) == (0.75, 0.5, 1.0)
    assert made["abstained"] == 0.5
    assert made["sources"]["a"] == {"n": 2, "accuracy": 0.5, "interval": [0.0945, 0.9055], "label": "real"}
    assert made["sources"]["c"]["accuracy"] == 1.0


def test_a_card_has_the_curves_of_pictures_as_they_are_only(general: Bundle, samples: list[Sample]) -> None:
    made = evaluate_conditions(general, samples[::3])
    assert list(made) == list(CONDITIONS)
    for curve in ("reliability", "error_by_share"):
        assert [curve in report for report in made.values()] == [True] + [False] * (len(CONDITIONS) - 1)


def test_of_one_class_the_figures_of_two_are_null(general: Bundle, samples: list[Sample]) -> None:
    made = evaluate(general, [sample for sample in samples if sample.label == 1])
    assert (made["auc"], made["balanced_accuracy"], made["false_alarm_rate"]) == (None, None, None)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_can_be_measured_and_repeats_itself(
    general: Bundle, samples: list[Sample], condition: str
) -> None:
    first = evaluate(general, samples[:4], CONDITIONS[condition])
    assert first == evaluate(general, samples[:4], CONDITIONS[condition])


def test_a_file_that_cannot_be_read_is_a_row_and_changes_no_figure(general: Bundle, samples: list[Sample]) -> None:
    broken = Sample("a__1.jpg", "a", 0, Path("pack.tar"), b"no image")
    gone = Sample("b__1.jpg", "b", 1, Path("/nowhere/b__1.jpg"))
    made = evaluate(general, [broken, *samples, gone])
    assert made["unreadable"] == [
        {"file": "pack.tar: a__1.jpg", "reason": "The file is not an image of an accepted type."},
        {"file": "/nowhere/b__1.jpg", "reason": "The file cannot be read: No such file or directory."},
    ]
    assert made | {"unreadable": []} == evaluate(general, samples)


def test_files_none_of_which_can_be_read_are_refused(general: Bundle) -> None:
    with pytest.raises(PackError, match=r"None of the 1 files can be judged\. The file is not an image"):
        evaluate(general, [Sample("a__1.jpg", "a", 0, Path(), b"no image")])


def test_scoring_without_leave_to_skip_raises_the_reason(general: Bundle) -> None:
    with pytest.raises(ImageRefused):
        score(general.network, general.card.input, [Sample("a__1.jpg", "a", 0, Path(), b"no image")])


def test_progress_counts_every_image_also_the_broken_ones(general: Bundle, samples: list[Sample]) -> None:
    counts: list[tuple[int, int]] = []
    many = [*samples * 3, Sample("a__1.jpg", "a", 0, Path(), b"no image")]
    evaluate(general, many, progress=lambda done, total: counts.append((done, total)))
    assert counts == [(32, 37), (37, 37)]


def test_sources_under_twenty_images_are_pooled_by_class(general: Bundle) -> None:
    labels = np.array([0] * 25 + [0] * 3 + [1] * 2)
    logits = np.where(labels == 1, 3.0, -3.0)
    logits[-1] = -3.0
    made = report(general, Scored(logits, labels, ["big"] * 25 + ["a", "a", "b"] + ["c", "d"]))
    assert {name: (row["n"], row["accuracy"]) for name, row in made["small_sources"].items()} == {
        "real": (3, 1.0),
        "not real": (2, 0.5),
    }


def test_the_figures_of_four_images_follow_by_hand(general: Bundle) -> None:
    logits = np.array([-4.0, 0.2, 1.0, 4.0])
    made = report(general, Scored(logits, np.array([0, 0, 1, 1]), ["a", "a", "b", "c"]))
    assert made["confusion"] == {"real": {"real": 1, "not real": 1}, "not real": {"real": 0, "not real": 2}}
    assert (made["precision"], made["recall"], made["f1"]) == (0.6667, 1.0, 0.8)
    assert made["answered"] == {"share": 0.5, "n": 2, "error": 0.0, "interval": [0.0, 0.6576]}
    assert made["error_by_share"][0] == {"share": 1.0, "n": 4, "error": 0.25, "interval": [0.0456, 0.6994]}
    assert 0 <= made["ece_band"][0] <= made["ece_band"][1] <= 1
    assert sum(row["n"] for row in made["reliability"]) == 4
