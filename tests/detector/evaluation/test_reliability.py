"""Reliability bins by hand, and the band that chance alone leaves."""

import numpy as np
import pytest

from detector.evaluation.metrics import expected_calibration_error
from detector.evaluation.reliability import calibrated_band, reliability


def test_bins_hold_their_images_and_no_bin_is_empty() -> None:
    first, second = reliability(np.array([0.01, 0.03, 1.0, 0.99]), np.array([0, 1, 1, 1]))
    assert (first.n, first.probability, first.share) == (2, pytest.approx(0.02), 0.5)
    assert (first.low, first.high) == (0.0, pytest.approx(1 / 15))
    assert (second.n, second.share, second.high) == (2, 1.0, pytest.approx(1.0))
    assert second.interval == pytest.approx((0.3424, 1.0), abs=1e-4)


def test_the_band_holds_nineteen_of_twenty_calibrated_outcomes_and_no_overconfident_one() -> None:
    rng = np.random.default_rng(3)
    truth = rng.random(500)
    outcomes = [(rng.random(500) < truth).astype(np.int64) for _ in range(200)]
    low, high = calibrated_band(truth)
    inside = [low <= expected_calibration_error(truth, labels) <= high for labels in outcomes]
    assert 180 <= sum(inside) <= 199
    sure = np.where(truth < 0.5, 0.02, 0.98)
    above = calibrated_band(sure)[1]
    assert all(expected_calibration_error(sure, labels) > 2 * above for labels in outcomes)


def test_the_band_narrows_with_more_images_and_repeats_itself() -> None:
    rng = np.random.default_rng(4)
    few, many = rng.random(100), rng.random(10_000)
    assert calibrated_band(many)[1] < calibrated_band(few)[0]
    assert calibrated_band(few) == calibrated_band(few)


def test_certainty_leaves_nothing_to_chance() -> None:
    assert calibrated_band(np.array([0.0, 1.0, 1.0])) == (0.0, 0.0)
