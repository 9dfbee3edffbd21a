"""Temperatures and thresholds from held-out scores."""

import numpy as np
import pytest

from detector.bundles.card import Calibration
from detector.training.calibration import fit_temperature, propose_thresholds


@pytest.mark.parametrize("true_temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_made_the_labels_is_found(true_temperature: float) -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 4, 20_000)
    probabilities = Calibration("temperature", true_temperature).probabilities(logits)
    labels = (rng.random(20_000) < probabilities).astype(np.int64)
    assert fit_temperature(logits, labels).temperature == pytest.approx(true_temperature, rel=0.06)


def test_scores_that_are_never_wrong_get_the_lowest_temperature() -> None:
    assert fit_temperature(np.array([-1.0, 1.0]), np.array([0, 1])).temperature == 0.05


def test_thresholds_are_the_false_alarm_rates_of_the_real_images() -> None:
    probabilities = np.concatenate([np.linspace(0, 1, 1001), np.ones(500)])
    labels = np.array([0] * 1001 + [1] * 500)
    thresholds = propose_thresholds(probabilities, labels)
    assert (thresholds.label, thresholds.block) == pytest.approx((0.95, 0.99))


@pytest.mark.parametrize(("highest", "review"), [(0.3, 0.35), (0.5, 0.425), (1.0, 0.5)])
def test_what_is_likelier_not_real_is_never_passed_as_real(highest: float, review: float) -> None:
    thresholds = propose_thresholds(np.linspace(0, highest, 1001), np.zeros(1001, dtype=np.int64))
    assert thresholds.review == pytest.approx(review)


def test_thresholds_never_fall_under_their_floors() -> None:
    thresholds = propose_thresholds(np.array([0.01, 0.02, 0.99]), np.array([0, 0, 1]))
    assert (thresholds.review, thresholds.label, thresholds.block) == (0.35, 0.5, 0.9)
