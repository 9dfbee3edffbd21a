"""Figures against values worked out by hand or by scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import (
    balanced_accuracy_score,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
)

from detector.evaluation import metrics

PROBABILITIES = np.array([0.1, 0.4, 0.6, 0.5, 0.9, 0.2])
LABELS = np.array([0, 0, 0, 1, 1, 1])


def test_figures_of_six_images() -> None:
    assert metrics.accuracy(PROBABILITIES, LABELS) == pytest.approx(4 / 6)
    assert metrics.balanced_accuracy(PROBABILITIES, LABELS) == pytest.approx(2 / 3)
    assert metrics.false_alarm_rate(PROBABILITIES, LABELS) == pytest.approx(1 / 3)
    assert metrics.auc(PROBABILITIES, LABELS) == pytest.approx(6 / 9)
    assert metrics.abstained(PROBABILITIES, 0.4, 0.6) == pytest.approx(2 / 6)


@pytest.mark.parametrize("seed", range(5))
def test_figures_agree_with_scikit_learn_ties_included(seed: int) -> None:
    rng = np.random.default_rng(seed)
    probabilities, labels = np.round(rng.random(200), 1), rng.integers(0, 2, 200)
    assert metrics.auc(probabilities, labels) == pytest.approx(roc_auc_score(labels, probabilities))
    expected = balanced_accuracy_score(labels, probabilities >= 0.5)
    assert metrics.balanced_accuracy(probabilities, labels) == pytest.approx(expected)
    given = probabilities >= 0.5
    assert metrics.precision(probabilities, labels) == pytest.approx(precision_score(labels, given))
    assert metrics.recall(probabilities, labels) == pytest.approx(recall_score(labels, given))
    assert metrics.f1(probabilities, labels) == pytest.approx(f1_score(labels, given))
    assert metrics.confusion(probabilities, labels) == tuple(confusion_matrix(labels, given).ravel())


def test_precision_recall_and_f1_are_none_where_nothing_is_positive() -> None:
    low, real = np.array([0.1, 0.2]), np.zeros(2, dtype=np.int64)
    assert (metrics.precision(low, real), metrics.recall(low, real), metrics.f1(low, real)) == (None, None, None)
    assert metrics.precision(low, np.ones(2, dtype=np.int64)) is None


def test_a_figure_that_needs_both_classes_is_none_without_one() -> None:
    ones = np.ones(3, dtype=np.int64)
    assert metrics.auc(np.array([0.1, 0.2, 0.3]), ones) is None
    assert metrics.balanced_accuracy(np.array([0.1, 0.2, 0.3]), ones) is None
    assert metrics.false_alarm_rate(np.array([0.1, 0.2, 0.3]), ones) is None
    assert metrics.bootstrap(metrics.auc, np.array([0.1, 0.2, 0.3]), ones) is None


@pytest.mark.parametrize(
    ("probabilities", "labels", "expected"),
    [
        ([1.0, 0.0], [1, 0], 0.0),
        ([0.5] * 4, [0, 1, 0, 1], 0.0),
        ([0.9] * 10, [1] * 6 + [0] * 4, 0.3),
        ([1.0], [0], 1.0),
    ],
)
def test_the_calibration_error_is_the_mean_gap(probabilities: list[float], labels: list[int], expected: float) -> None:
    error = metrics.expected_calibration_error(np.array(probabilities), np.array(labels))
    assert error == pytest.approx(expected)


@pytest.mark.parametrize(
    ("right", "n", "expected"),
    [(0, 0, (0.0, 1.0)), (8, 10, (0.4902, 0.9433)), (10, 10, (0.7225, 1.0)), (0, 10, (0.0, 0.2775))],
)
def test_wilsons_interval(right: int, n: int, expected: tuple[float, float]) -> None:
    assert metrics.wilson(right, n) == pytest.approx(expected, abs=1e-4)


def test_the_bootstrap_holds_the_figure_and_repeats_itself() -> None:
    rng = np.random.default_rng(1)
    probabilities, labels = rng.random(300), rng.integers(0, 2, 300)
    interval = metrics.bootstrap(metrics.accuracy, probabilities, labels)
    assert interval is not None
    assert interval[0] < metrics.accuracy(probabilities, labels) < interval[1]
    assert interval[1] - interval[0] == pytest.approx(0.113, abs=0.015)
    assert metrics.bootstrap(metrics.accuracy, probabilities, labels) == interval
