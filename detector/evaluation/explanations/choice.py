"""Which map may be shown, by the figures alone."""

from collections.abc import Sequence
from typing import Any

from detector.explain import NONE

UNCHANGED = 0.5
"""A map that keeps a higher mean rank correlation when weights are shuffled says little of what the network learned."""


def choose(found: dict[str, Any], methods: Sequence[str]) -> dict[str, Any]:
    """{"checks": reasons by method, "chosen": the best of those without a reason against them, or "none"}."""
    checks = {method: against(found, method) for method in methods}
    passed = [method for method in methods if not checks[method]]
    return {"checks": checks, "chosen": max(passed, key=lambda method: standing(found, method), default=NONE)}


def against(found: dict[str, Any], method: str) -> list[str]:
    """What speaks against showing this method's map as evidence; nothing when it passed.

    It has to change when weights are shuffled, at every stage, and one figure at least has to be surely better (95 %
    interval) than by chance: insertion, deletion, or the pixel AUC where true masks are known.
    """
    reasons = [
        f"it hardly changes when weights are shuffled ({stage})"
        for stage, correlations in found["randomisation"].items()
        if correlations[method] > UNCHANGED
    ]
    if not any(low > 0 for _, low, _ in over_chance(found, method)):
        reasons.append("no figure shows it better than chance")
    return reasons


def over_chance(found: dict[str, Any], method: str) -> list[list[float]]:
    """[mean, low, high] of what the map has over a random one: insertion, deletion, and each place's pixel AUC."""
    faithful = found["faithfulness"][method]
    areas = [place["maps"][method]["auc"] for place in found["masks"].values()]
    located = [[value - 0.5 for value in area] for area in areas]
    return [faithful["insertion_gain"], faithful["deletion_gain"], *located]


def standing(found: dict[str, Any], method: str) -> float:
    """Gains in insertion and deletion, and the mean pixel AUC over one half where true masks are known."""
    insertion, deletion, *located = (mean for mean, _, _ in over_chance(found, method))
    return insertion + deletion + (sum(located) / len(located) if located else 0.0)
