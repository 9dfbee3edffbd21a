"""How often a model errs, in a sentence out of its card: a score is worth what it was measured to be."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from foundation.figures import decimal
from foundation.statistics import shares

FINDS = {"edited": "edited"}
CONDITION = ("metrics", "test", "as it is")
FEWEST = 100  # pictures under which no frequency is stated
WIDEST = 0.4  # span of scores that are still called alike
Bin = Mapping[str, Any]


def measured(card: Mapping[str, Any], role: str) -> str:
    """Return the accuracy with its interval, and the false alarms; or that nobody measured them."""
    figures = _figures(card)
    if not figures:
        return _("How often this model errs was not measured.")
    low, high = figures["intervals"]["accuracy"]
    alarms = figures.get("false_alarm_rate")
    words = {
        "half": decimal("0.50"),
        "n": figures["n"],
        "right": _of(figures["accuracy"]),
        "least": _of(low),
        "most": _of(high),
        "alarms": _of(alarms or 0.0),
        "what": _("edited") if role in FINDS else _("AI-generated"),
    }
    if alarms is None:
        said = _(
            "Split at %(half)s on %(n)s pictures held out of training, "
            "it was right on %(right)d of 100 (%(least)d to %(most)d)."
        )
    else:
        said = _(
            "Split at %(half)s on %(n)s pictures held out of training, it was right on %(right)d of 100 "
            "(%(least)d to %(most)d) and called %(alarms)d of 100 real ones %(what)s."
        )
    return said % words


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


def at_score(card: Mapping[str, Any], role: str, probability: float) -> str:
    """Return how many of the test pictures that scored like this were what the score says, with the mix they are of.

    Neighbouring bins of the card's reliability curve are put together until they hold 100 pictures; nothing is
    said where those do not lie within 0.4 of each other, or where the card has no such curve.
    """
    figures = _figures(card)
    alike = _alike(figures.get("reliability", ()), probability)
    if not alike:
        return ""
    share = shares.of(round(sum(one["n"] * one["share"] for one in alike)), sum(one["n"] for one in alike))
    assert share  # noqa: S101  the bins hold pictures
    words = {
        "n": share.n,
        "low": decimal(f"{alike[0]['low']:.2f}"),
        "high": decimal(f"{alike[-1]['high']:.2f}"),
        "value": _of(share.value),
        "what": _("edited") if role in FINDS else _("AI-generated"),
        "least": _of(share.low),
        "most": _of(share.high),
    }
    said = _(
        "Of %(n)d test pictures that scored %(low)s to %(high)s, "
        "%(value)d of 100 were %(what)s (%(least)d to %(most)d)."
    )
    return f"{said % words} {_mix(figures)}"


def _alike(bins: Sequence[Bin], probability: float) -> list[Bin]:
    """Return the bins around ``probability`` that hold enough pictures together; none where they lie too far apart."""
    by_distance = sorted(bins, key=lambda one: max(one["low"] - probability, probability - one["high"], 0.0))
    chosen: list[Bin] = []
    while by_distance and sum(one["n"] for one in chosen) < FEWEST:
        chosen.append(by_distance.pop(0))
    chosen.sort(key=lambda one: float(one["low"]))
    enough = sum(one["n"] for one in chosen) >= FEWEST
    return chosen if enough and chosen[-1]["high"] - chosen[0]["low"] <= WIDEST else []


def _mix(figures: Mapping[str, Any]) -> str:
    """Return what the test pictures were: how many real, from how many sources."""
    counts = figures.get("confusion", {}).get("real", {})
    real, sources = sum(counts.values()), len(figures.get("sources", {}))
    if not (real and sources):
        return _("Among your pictures it may be otherwise.")
    return _(
        "The test: %(n)d pictures from %(sources)d sources, %(real)d of them real; among yours it may be otherwise."
    ) % {
        "n": figures["n"],
        "sources": sources,
        "real": real,
    }
