"""What a model's card says of its errors becomes one honest sentence, or the admission that nobody measured."""

from typing import Any

import pytest

from moderation.review.measured import measured

FIGURES: dict[str, Any] = {
    "n": 492,
    "accuracy": 0.8354,
    "false_alarm_rate": 0.1983,
    "intervals": {"accuracy": [0.8028, 0.8699]},
}
UNMEASURED = "How often this model errs was not measured."


def card(**figures: Any) -> dict[str, Any]:
    return {"metrics": {"test": {"as it is": figures}}}


def test_accuracy_stands_with_its_interval_and_the_false_alarms() -> None:
    assert measured(card(**FIGURES), "general") == (
        "Split at 0.50 on 492 pictures held out of training, it was right on 84 of 100 (80 to 87) "
        "and called 20 of 100 real ones AI-generated."
    )


def test_false_alarm_of_the_edited_role_is_a_picture_called_edited() -> None:
    assert measured(card(**FIGURES), "edited").endswith("and called 20 of 100 real ones edited.")


def test_without_real_pictures_nothing_is_said_of_false_alarms() -> None:
    assert measured(card(**{**FIGURES, "false_alarm_rate": None}), "face").endswith("84 of 100 (80 to 87).")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"metrics": {}},
        {"metrics": {"test": {}}},
        {"metrics": {"test": "good"}},
        card(n=3),
        card(n=3, accuracy=0.5),
        card(n=3, accuracy=0.5, intervals={}),
    ],
)
def test_card_without_figures_is_admitted(given: dict[str, Any]) -> None:
    assert measured(given, "general") == UNMEASURED
