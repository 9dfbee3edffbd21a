"""The label that the command line gives without any policy."""

import pytest

from detector.judgement import judge, label_of
from detector.results import Observation
from tests.detector.bundles_for_tests import card

CARDS = {role: card(role) for role in ("general", "face", "edited")}


def seen(role: str, probability: float) -> Observation:
    return Observation(role, role, "test", probability, 0.0)


@pytest.mark.parametrize(
    ("role", "probability", "label"),
    [
        ("general", 0.49, "real"),
        ("general", 0.5, "uncertain"),
        ("general", 0.69, "uncertain"),
        ("general", 0.7, "ai_generated"),
        ("face", 0.95, "ai_generated"),
        ("edited", 0.7, "edited"),
        ("edited", 0.6, "uncertain"),
    ],
)
def test_a_probability_becomes_its_roles_label(role: str, probability: float, label: str) -> None:
    assert label_of(role, probability, CARDS[role].thresholds) == label


@pytest.mark.parametrize(
    ("general", "face", "edited", "label", "probability", "confidence"),
    [
        (0.1, 0.2, 0.3, "real", 0.3, 0.7),
        (0.1, 0.6, 0.3, "uncertain", 0.6, 0.6),
        (0.1, 0.6, 0.8, "edited", 0.8, 0.8),
        (0.75, 0.6, 0.99, "ai_generated", 0.75, 0.75),
        (0.75, 0.9, 0.99, "ai_generated", 0.9, 0.9),
    ],
)
def test_ai_goes_before_edited_before_uncertain_before_real(
    general: float, face: float, edited: float, label: str, probability: float, confidence: float
) -> None:
    judged = judge([seen("general", general), seen("face", face), seen("edited", edited)], CARDS)
    assert (judged.label, judged.probability) == (label, probability)
    assert judged.confidence == pytest.approx(confidence)


def test_the_worst_face_counts() -> None:
    judged = judge([seen("face", 0.1), seen("face", 0.92), seen("face", 0.3)], CARDS)
    assert (judged.label, judged.probability) == ("ai_generated", 0.92)
