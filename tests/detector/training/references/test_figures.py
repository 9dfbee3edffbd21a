"""The references' figures: REAL is the positive class, exact values by hand."""

import numpy as np
import pytest

from detector.evaluation.scoring import Scored
from detector.training.references.figures import figures, log_loss, part, without


def scored(logits: list[float], labels: list[int], sources: list[str] | None = None) -> Scored:
    return Scored(np.array(logits), np.array(labels), sources or ["unnamed"] * len(labels))


def test_real_is_the_positive_class() -> None:
    found = figures(scored([-3, -2, -1, 4, 5, -6], [0, 0, 1, 1, 1, 1]))
    assert (found["n"], found["real"]) == (6, 2)
    assert found["accuracy"] == 0.6667
    assert found["precision"] == 0.5
    assert found["recall"] == 1.0
    assert found["f1"] == 0.6667
    assert found["balanced_accuracy"] == 0.75
    assert found["auc"] == 0.75
    low, high = found["intervals"]["accuracy"]
    assert 0 <= low <= 0.6667 <= high <= 1


def test_the_loss_is_the_binary_cross_entropy_of_the_logits() -> None:
    expected = np.mean([np.log1p(np.exp(-2)), np.log1p(np.exp(1))])
    assert log_loss(np.array([2.0, 1.0]), np.array([1, 0])) == pytest.approx(expected)
    assert log_loss(np.array([1e4, -1e4]), np.array([1, 0])) == 0.0
    assert log_loss(np.empty(0), np.empty(0, dtype=np.int64)) is None


def test_one_class_alone_has_null_where_a_figure_needs_both() -> None:
    found = figures(scored([1, -1], [1, 1]))
    assert (found["auc"], found["balanced_accuracy"], found["accuracy"]) == (None, None, 0.5)


def test_sources_are_told_apart_where_there_are_several() -> None:
    found = figures(scored([1, -1, 1], [1, 1, 0], ["a", "a", "b"]))
    assert {name: (row["n"], row["accuracy"]) for name, row in found["sources"].items()} == {
        "a": (2, 0.5),
        "b": (1, 0.0),
    }
    assert "sources" not in figures(scored([1, -1], [1, 0]))


def test_images_can_be_left_out_by_their_places() -> None:
    whole = scored([1, 2, 3], [1, 0, 1], ["a", "b", "c"])
    whole = Scored(whole.logits, whole.labels, whole.sources, list("xyz"))  # type: ignore[arg-type]
    left = without(whole, {1})
    assert (left.logits.tolist(), left.labels.tolist(), left.sources) == ([1, 3], [1, 1], ["a", "c"])
    assert part(whole, np.array([2])).samples == ["z"]
