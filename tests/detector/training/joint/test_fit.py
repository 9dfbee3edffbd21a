"""A calibration follows its network into later training, on sources that it was fitted on."""

import pytest

from detector.bundles.card import Calibration, Thresholds
from detector.training.joint.fit import Fit


def fitted(sharpened: float = 1.0, last: Calibration | None = None) -> Fit:
    first = Calibration("platt", 0.8, -0.4)
    return Fit(first, Thresholds(0.5, 0.4, 0.9), {"a": 1}, {}, 1.0, sharpened, last)


def test_a_network_that_did_not_go_on_keeps_its_calibration() -> None:
    assert fitted().final() == Calibration("platt", 0.8, -0.4)


def test_the_temperature_lies_between_that_of_unknown_sources_and_that_of_known_ones() -> None:
    last = fitted(2.0, Calibration("platt", 0.4, 0.25)).final()
    assert last == Calibration("platt", 0.8, 0.25)


def test_a_network_that_grew_surer_is_cooled() -> None:
    one, other = (fitted(factor, Calibration("temperature", 1.0)).final().temperature for factor in (1.0, 4.0))
    assert other == pytest.approx(2 * one, abs=1e-5)
