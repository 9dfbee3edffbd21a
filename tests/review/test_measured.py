"""What a model's card says of its errors becomes one honest sentence, or the admission that nobody measured."""

from typing import Any

import pytest

from moderation.review.measured import at_score, measured

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


def bins(*rows: tuple[float, float, int, float]) -> list[dict[str, float]]:
    return [{"low": low, "high": high, "n": n, "share": share} for low, high, n, share in rows]


CURVE = bins(
    (0.0, 0.2, 150, 0.02), (0.2, 0.4, 40, 0.25), (0.4, 0.6, 30, 0.5), (0.6, 0.8, 50, 0.8), (0.8, 1.0, 230, 0.95)
)
MIX = {"confusion": {"real": {"real": 202, "not real": 35}}, "sources": {"one": {}, "two": {}}}


def test_score_is_compared_with_test_pictures_that_scored_alike() -> None:
    curve = card(**FIGURES, **MIX, reliability=CURVE)

    assert at_score(curve, "general", 0.93) == (
        "Of 230 test pictures that scored 0.80 to 1.00, 95 of 100 were AI-generated (91 to 97). "
        "The test: 492 pictures from 2 sources, 237 of them real; among yours it may be otherwise."
    )
    assert "2 of 100 were edited (1 to 6)" in at_score(curve, "edited", 0.03)


def test_neighbours_are_put_together_until_they_hold_a_hundred() -> None:
    assert at_score(card(**FIGURES, reliability=CURVE), "face", 0.79) == (
        "Of 280 test pictures that scored 0.60 to 1.00, 92 of 100 were AI-generated (88 to 95). "
        "Among your pictures it may be otherwise."
    )


@pytest.mark.parametrize(
    "figures",
    [
        {},
        {"reliability": []},
        {"reliability": bins((0.0, 1.0, 99, 0.5))},
        {"reliability": bins((0.0, 0.5, 50, 0.1), (0.5, 1.0, 50, 0.9))},
    ],
    ids=["no curve", "empty curve", "under a hundred", "too far apart"],
)
def test_no_frequency_is_stated_of_too_few_or_unlike_pictures(figures: dict[str, Any]) -> None:
    assert at_score(card(**FIGURES, **figures), "general", 0.6) == ""
