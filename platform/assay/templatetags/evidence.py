"""How evidence is written on pages: verdicts with their shape, probabilities that never claim certainty, times."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from foundation.figures import day, decimal
from moderation.verdicts.retelling import retell

register = template.Library()
register.filter("day", day)

THIN = "\u202f"
MARKS = {"real": "real", "ai_generated": "ai", "edited": "edited", "uncertain": "uncertain", "cannot_tell": "uncertain"}
FOUND: dict[str, str | Promise] = {
    "real": gettext_lazy("No sign"),
    "ai_generated": gettext_lazy("AI-generated"),
    "edited": gettext_lazy("Edited"),
    "uncertain": gettext_lazy("Uncertain"),
}
DECIDED: dict[str, str | Promise] = FOUND | {
    "real": gettext_lazy("Real"),
    "uncertain": gettext_lazy("Cannot tell"),
    "cannot_tell": gettext_lazy("Cannot tell"),
}
ACTIONS = {
    "allow": pgettext_lazy("action", "Allow"),
    "label": pgettext_lazy("action", "Label"),
    "review": pgettext_lazy("action", "Review"),
    "block": pgettext_lazy("action", "Block"),
}


@register.filter
def mark(label: str) -> str:
    """Return the stylesheet's name of a label, for ``data-v``."""
    return MARKS.get(label, "uncertain")


@register.filter
def retold(text: object) -> str:
    """Return a stored sentence, a problem's detail or a message in the reader's language."""
    return retell(str(text or ""))


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html('<svg class="i" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def glyph(label: str) -> SafeString:
    """Return the shape of a label, which never stands without its word."""
    return format_html('<svg class="g" data-v="{0}" aria-hidden="true"><use href="#g-{0}"/></svg>', mark(label))


@register.simple_tag
def chip(label: str, decided_by: str = "policy") -> SafeString:
    """Return a verdict's chip: shape and word; the word says whether models or a person spoke."""
    words = DECIDED if decided_by == "person" else FOUND
    return format_html('<span class="chip" data-v="{}">{}{}</span>', mark(label), glyph(label), words.get(label, label))


@register.simple_tag
def action_chip(action: str) -> SafeString:
    """Return the chip of a policy's action: form without colour."""
    return format_html('<span class="chip act">{}{}</span>', icon(action), ACTIONS.get(action, action))


@register.filter
def probability(value: float | None) -> str:
    """Return two decimals, ``>0.99`` or ``<0.01`` at the ends."""
    if value is None:
        return "–"
    if value > 0.99:
        return decimal(">0.99")
    return decimal("<0.01" if value < 0.01 else f"{value:.2f}")


@register.filter
def percentage(value: float) -> str:
    """Return a share in whole per cent, between 1 and 99."""
    return f"{min(99, max(1, round(value * 100)))}{THIN}%"


@register.filter
def thin(value: int) -> str:
    """Return a whole number with thin spaces between thousands."""
    return f"{value:,}".replace(",", THIN)


@register.filter
def size(value: int) -> str:
    """Return a number of bytes as kB or MB."""
    if value < 1_000_000:
        return f"{max(1, round(value / 1000))}{THIN}kB"
    return decimal(f"{value / 1_000_000:.1f}".removesuffix(".0")) + f"{THIN}MB"


@register.filter
def short(identifier: str) -> str:
    """Return the last six characters of an identifier: enough to tell two apart on one page."""
    return identifier[-6:]


def absolute(at: datetime, detail: str = "minutes") -> str:
    """Return the day and the time in UTC, with seconds where ``detail`` says so."""
    time = "H:i:s" if detail == "seconds" else "H:i"
    return f"{day(at.astimezone(UTC))}, {formatted(at.astimezone(UTC), time)} UTC"


def relative(at: datetime, now: datetime) -> str:
    """Return how long ago ``at`` was, or the day when that is more than a day."""
    seconds = (now - at) / timedelta(seconds=1)
    if seconds < 10:
        return gettext("just now")
    if seconds < 60:
        return gettext("%(number)d\u202fs ago") % {"number": seconds}
    if seconds < 3600:
        return gettext("%(number)d\u202fmin ago") % {"number": seconds / 60}
    return gettext("%(number)d\u202fh ago") % {"number": seconds / 3600} if seconds < 86_400 else absolute(at)


@register.filter
def moment(at: datetime, detail: str = "minutes") -> str:
    """Return the exact time, for what lies ahead, and where the order of seconds matters."""
    return absolute(at, detail)


@register.filter
def ago(at: datetime | None) -> str | SafeString:
    """Return a time in words, with the exact one on hover and for machines."""
    if at is None:
        return ""
    exact = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        exact.strftime("%Y-%m-%dT%H:%M:%SZ"),
        absolute(at),
        relative(at, timezone.now()),
    )


@register.filter
def share(value: float) -> str:
    """Return a probability as an SVG length in percent."""
    return f"{100 * min(1.0, max(0.0, value)):.2f}%"


@register.inclusion_tag("parts/score.html")
def score_bar(label: str, value: float, thresholds: Mapping[str, Any], name: str = "") -> dict[str, Any]:
    """Draw a probability with the zone in which no class is named."""
    review, upper = float(thresholds["review"]), float(thresholds["label"])
    return {
        "v": mark(label),
        "value": value,
        "review": review,
        "upper": upper,
        "block": thresholds.get("block"),
        "zone": upper - review,
        "words": gettext("%(name)s %(value)s. No class is named between %(review)s and %(upper)s.")
        % {
            "name": name or gettext("Probability"),
            "value": _spoken(value),
            "review": decimal(f"{review:.2f}"),
            "upper": decimal(f"{upper:.2f}"),
        },
    }


def _spoken(value: float) -> str:
    """Return a probability without signs that are not read out."""
    shown = probability(value)
    if shown[0] in "<>":
        words = gettext("below %(limit)s") if shown[0] == "<" else gettext("above %(limit)s")
        return words % {"limit": shown[1:]}
    return shown
