"""The card: text and back, and what its calibration makes of a logit."""

import numpy as np
import pytest

from detector.bundles import Calibration
from detector.bundles.card import parse_card
from tests.detector.bundles_for_tests import card


@pytest.mark.parametrize("role", ["general", "face", "edited"])
def test_a_card_survives_its_own_text(role: str) -> None:
    made = card(role, training={"seed": 3}, metrics={"test": {"n": 5}})
    assert parse_card(made.to_json()) == made


def test_probabilities_are_the_sigmoid_of_the_cooled_logit() -> None:
    calibration = Calibration("temperature", 2.0)
    probabilities = calibration.probabilities(np.array([-2.0, 0.0, 2.0, 4.0]))
    expected = [1 / (1 + np.e), 0.5, np.e / (1 + np.e), 1 / (1 + np.exp(-2))]
    assert probabilities.tolist() == pytest.approx(expected, abs=1e-12)


def test_extreme_logits_stay_in_range() -> None:
    probabilities = Calibration("temperature", 0.05).probabilities(np.array([-1e6, 1e6]))
    assert probabilities.tolist() == pytest.approx([0.0, 1.0], abs=1e-12)
    assert np.isfinite(probabilities).all()
