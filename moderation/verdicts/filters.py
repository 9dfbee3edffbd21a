"""The filters of ``GET /submissions`` (HTTP.md)."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.dateparse import parse_datetime

from foundation.problems import Problem
from moderation.intake.models import State, Submission
from moderation.verdicts.models import Action, DecidedBy, Finding, Label

Rows = QuerySet[Submission]
Filter = Callable[[Rows, str], Rows]
CURSORS = frozenset({"limit", "before", "after"})
NUMBER = re.compile(r"\d{1,3}(\.\d{1,20})?([eE]-?\d{1,2})?")


def filtered(rows: Rows, query: Mapping[str, str]) -> Rows:
    """Apply the filters of a query; the cursors are not among them.

    ``role`` and ``model_version`` together ask for one finding that has both; the probability is that of the highest
    finding, whatever its role, so that a submission without findings has none.

    Raises:
        Problem: ``invalid`` for a filter that is unknown or a value that cannot be.
    """
    given = {name: value for name, value in query.items() if name not in CURSORS}
    for name, value in given.items():
        if name not in FILTERS and name not in BY_FINDING:
            raise _invalid(name, "There is no such filter.")
        if "\x00" in value:
            raise _invalid(name, "Must not contain U+0000.")
    for name in given.keys() & FILTERS.keys():
        rows = FILTERS[name](rows, given[name])
    wanted = [BY_FINDING[name](given[name]) for name in sorted(given.keys() & BY_FINDING.keys())]
    return rows.filter(_some_finding(*wanted)) if wanted else rows


def _invalid(name: str, detail: str) -> Problem:
    return Problem("invalid", "Some values are not valid.", errors=[{"parameter": name, "detail": detail}])


def _some_finding(*wanted: Q) -> Exists:
    return Exists(Finding.objects.filter(*wanted, submission=OuterRef("pk")))


def _choice(name: str, column: str, allowed: list[str]) -> Filter:
    def apply(rows: Rows, value: str) -> Rows:
        if value not in allowed:
            raise _invalid(name, f"Must be one of {', '.join(allowed)}.")
        current: dict[str, Any] = {"verdicts__is_current": True} if column.startswith("verdicts__") else {}
        return rows.filter(**current, **{column: value})

    return apply


def _exactly(column: str) -> Filter:
    return lambda rows, value: rows.filter(**{column: value})


def _time(name: str, column: str) -> Filter:
    return lambda rows, value: rows.filter(**{column: _parsed_time(name, value)})


def _parsed_time(name: str, value: str) -> datetime:
    try:
        found = parse_datetime(value)
        if found is not None and found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _invalid(name, "Must be an RFC 3339 time such as 2026-11-21T09:00:00Z.")


def _at_least(rows: Rows, value: str) -> Rows:
    return rows.filter(_some_finding(Q(probability__gte=_probability("min_probability", value))))


def _at_most(rows: Rows, value: str) -> Rows:
    above = _some_finding(Q(probability__gt=_probability("max_probability", value)))
    return rows.filter(~above, _some_finding())


def _probability(name: str, value: str) -> float:
    if NUMBER.fullmatch(value) and 0 <= float(value) <= 1:
        return float(value)
    raise _invalid(name, "Must be a number from 0 to 1.")


FILTERS: dict[str, Filter] = {
    "state": _choice("state", "state", State.values),
    "verdict": _choice("verdict", "verdicts__label", Label.values),
    "action": _choice("action", "verdicts__action", Action.values),
    "decided_by": _choice("decided_by", "verdicts__decided_by", DecidedBy.values),
    "external_id": _exactly("external_id"),
    "author_id": _exactly("author_id"),
    "sha256": _exactly("image__sha256"),
    "created_after": _time("created_after", "created_at__gt"),
    "created_before": _time("created_before", "created_at__lt"),
    "min_probability": _at_least,
    "max_probability": _at_most,
}
BY_FINDING: dict[str, Callable[[str], Q]] = {
    "role": lambda value: Q(role=value),
    "model_version": lambda value: Q(model__version=value) | Q(model=value),
}
