"""How often a model errs, in a sentence out of its card: a score is worth what it was measured to be."""

from collections.abc import Mapping
from typing import Any

FINDS = {"edited": "edited"}
CONDITION = ("metrics", "test", "as it is")


def measured(card: Mapping[str, Any], role: str) -> str:
    """Return the accuracy with its interval, and the false alarms; or that nobody measured them."""
    figures = _figures(card)
    if not figures:
        return "How often this model errs was not measured."
    low, high = figures["intervals"]["accuracy"]
    right = f"right on {_of(figures['accuracy'])} of 100 ({_of(low)} to {_of(high)})"
    alarms = figures.get("false_alarm_rate")
    wrong = "" if alarms is None else f" and called {_of(alarms)} of 100 real ones {FINDS.get(role, 'AI-generated')}"
    return f"Split at 0.50 on {figures['n']} pictures held out of training, it was {right}{wrong}."


def _figures(card: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the card says of untouched held-out pictures; empty where it says nothing that can be shown."""
    found: Any = card
    for name in CONDITION:
        found = found.get(name, {}) if isinstance(found, Mapping) else {}
    complete = (
        isinstance(found, Mapping) and {"n", "accuracy"} <= found.keys() and found.get("intervals", {}).get("accuracy")
    )
    return found if complete else {}


def _of(share: float) -> int:
    return round(100 * share)
