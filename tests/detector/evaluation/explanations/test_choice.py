"""A map is shown when it changes with the weights and is surely better than chance somewhere."""

from typing import Any

import pytest

from detector.evaluation.explanations.choice import choose

GOOD, NONE = [0.1, 0.05, 0.15], [0.1, -0.05, 0.25]


def found(
    rank: float = 0.1, insertion: list[float] = GOOD, area: list[float] | None = None, head: float = 0.1
) -> dict[str, Any]:
    return {
        "randomisation": {"head": {"a": head, "b": 0.0}, "all": {"a": rank, "b": 0.0}},
        "faithfulness": {
            "a": {"insertion_gain": insertion, "deletion_gain": NONE},
            "b": {"insertion_gain": NONE, "deletion_gain": [-0.1, -0.2, -0.05]},
        },
        "masks": {} if area is None else {"files": {"maps": {"a": {"auc": area}, "b": {"auc": [0.5, 0.4, 0.6]}}}},
    }


def test_the_best_of_those_that_passed_is_chosen() -> None:
    made = choose(found(), ("a", "b"))
    assert made == {"checks": {"a": [], "b": ["no figure shows it better than chance"]}, "chosen": "a"}


@pytest.mark.parametrize(("rank", "head", "stage"), [(0.6, 0.1, "all"), (0.1, 0.9, "head")])
def test_a_map_that_outlives_the_weights_is_not_shown(rank: float, head: float, stage: str) -> None:
    made = choose(found(rank=rank, head=head), ("a", "b"))
    assert made["chosen"] == "none"
    assert made["checks"]["a"] == [f"it hardly changes when weights are shuffled ({stage})"]


@pytest.mark.parametrize(("area", "chosen"), [([0.7, 0.6, 0.8], "a"), ([0.7, 0.45, 0.9], "none")])
def test_known_edits_alone_can_show_that_a_map_knows_where(area: list[float], chosen: str) -> None:
    assert choose(found(insertion=NONE, area=area), ("a", "b"))["chosen"] == chosen


def test_of_two_that_passed_the_one_with_more_is_chosen() -> None:
    figures = found()
    figures["faithfulness"]["b"] = {"insertion_gain": [0.3, 0.2, 0.4], "deletion_gain": [0.0, 0.0, 0.0]}
    assert choose(figures, ("a", "b"))["chosen"] == "b"
