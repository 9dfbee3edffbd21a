"""A calibration follows its network into later training: all logits, and the bias among them, grow alike."""

import numpy as np
import pytest

from detector.bundles.card import Calibration, Thresholds
from detector.training.joint.fit import Fit


def fitted(sharpened: float) -> Fit:
    return Fit(Calibration("platt", 0.8, -0.4), Thresholds(0.5, 0.4, 0.9), {"a": 1}, {}, 1.0, sharpened)


def test_a_network_that_did_not_go_on_keeps_its_calibration() -> None:
    assert fitted(1.0).final() == Calibration("platt", 0.8, -0.4)


def test_a_network_twice_as_sure_is_cooled_by_two() -> None:
    assert fitted(2.0).final() == Calibration("platt", 1.6, -0.8)


def test_logits_that_grew_alike_keep_their_probabilities() -> None:
    first, last = fitted(1.0).final(), fitted(2.5).final()
    assert last.probabilities(np.array([2.5 * 0.7])) == pytest.approx(first.probabilities(np.array([0.7])), abs=1e-9)
