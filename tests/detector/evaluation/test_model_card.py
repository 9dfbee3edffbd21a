"""The model card says what the card says."""

from detector.bundles.card import Calibration
from detector.evaluation.model_card import model_card
from tests.detector.bundles_for_tests import card

FIGURES = {
    "n": 20,
    "accuracy": 0.85,
    "balanced_accuracy": None,
    "auc": 0.912,
    "ece": 0.0512,
    "false_alarm_rate": 0.1,
    "abstained": 0.05,
    "intervals": {"accuracy": [0.64, 0.95], "balanced_accuracy": None, "auc": [0.8, 0.99]},
    "sources": {"bsds500": {"n": 20, "accuracy": 0.85, "interval": [0.64, 0.95], "label": "real"}},
}


def test_every_figure_stands_in_its_row() -> None:
    text = model_card(card(metrics={"test": {"as it is": FIGURES}}))
    assert "## Measured on test" in text
    assert "| as it is | 20 | 85.0% (64.0% to 95.0%) | - | 0.912 (0.800 to 0.990) | 0.051 | 10.0% | 5.0% |" in text
    assert "| bsds500 | real | 20 | 85.0% (64.0% to 95.0%) |" in text


def test_licence_and_training_are_said() -> None:
    facts = {"packs": ["a.tar"], "images": 12, "sources": {"a": 12}, "recipe": {"seed": 3, "epochs": 2}, "seconds": 90}
    text = model_card(card(training=facts))
    assert "**made by a test**" in text
    assert "- Images: 12, of a.tar" in text
    assert "- Run: 2 epochs, seed 3, 1 min" in text
    assert "- Images by source: a 12" in text


def test_a_joint_trainings_cycles_stand_in_place_of_epochs() -> None:
    cycles = [{"steps": 150, "batch": 32}, {"steps": 220, "batch": 32}]
    facts = {"schedules": cycles, "recipe": {"seed": 0, "epochs": 2}, "seconds": 60}
    assert "- Run: 150 + 220 batches of 32, seed 0, 1 min" in model_card(card(training=facts))


def test_a_bias_stands_beside_its_temperature() -> None:
    fitted = model_card(card(calibration=Calibration("platt", 0.8, -0.25)))
    assert "calibrated by a temperature of 0.8 and a bias of -0.25," in fitted
    assert "images that took no part in training" in fitted
    assert "bias" not in model_card(card(calibration=Calibration("temperature", 0.8)))


def test_a_calibration_that_followed_its_network_says_so() -> None:
    facts = {"schedules": [{"steps": 1, "batch": 2}] * 2, "sharpened": 1.7, "unseen": {"diffusion": 0.5525}}
    text = model_card(card(training=facts))
    assert "which saw nothing of these sources, degraded: diffusion 55%" in text
    assert "between that of the first cycle's network on sources which\nit had not seen" in text
    assert "took no part in training" not in text


def test_the_band_of_chance_and_the_error_of_the_surest_stand_in_it() -> None:
    answered = {"share": 0.95, "n": 19, "error": 0.1053, "interval": [0.03, 0.31]}
    more = {
        "ece_band": [0.02, 0.07],
        "error_by_share": [{"share": 1.0, "n": 20, "error": 0.15, "interval": [0.05, 0.36]}],
        "answered": answered,
        "small_sources": {"real": {"n": 9, "accuracy": 1.0, "interval": [0.7, 1.0], "label": "real"}},
    }
    text = model_card(card(metrics={"test": {"as it is": FIGURES | more}}))
    assert "| 0.051 (0.020 to 0.070) |" in text
    assert "| 100% | 20 | 15.0% (5.0% to 36.0%) |" in text
    assert "| 95.0%, by the thresholds above | 19 | 10.5% (3.0% to 31.0%) |" in text
    assert "| all sources under 20 images | real | 9 | 100.0% (70.0% to 100.0%) |" in text
    assert "answered" not in model_card(card(metrics={"test": {"as it is": FIGURES}}))
