"""The filters of ``GET /submissions`` (HTTP.md)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from foundation import filters
from moderation.intake.models import State, Submission
from moderation.verdicts.models import Action, DecidedBy, Finding, Label

Rows = QuerySet[Submission]
NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{1,20})?([eE]-?[0-9]{1,2})?")


def filtered(rows: Rows, query: Mapping[str, str]) -> Rows:
    """Apply the filters of a query.

    ``role`` and ``model_version`` together ask for one finding that has both; the probability is that of the highest
    finding, whatever its role, so that a submission without findings has none.

    Raises:
        Problem: ``invalid`` for a filter that is unknown or a value that cannot be.
    """
    rows = filters.narrowed(rows, query, FILTERS)
    wanted = [BY_FINDING[name](query[name]) for name in sorted(query.keys() & BY_FINDING.keys())]
    return rows.filter(_some_finding(*wanted)) if wanted else rows


def _some_finding(*wanted: Q) -> Exists:
    return Exists(Finding.objects.filter(*wanted, submission=OuterRef("pk")))


def _standing(name: str, column: str, allowed: list[str]) -> filters.Narrow:
    return filters.choice(name, {value: {"verdicts__is_current": True, column: value} for value in allowed})


def _at_least(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(_some_finding(Q(probability__gte=_probability("min_probability", value))))


def _at_most(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    above = _some_finding(Q(probability__gt=_probability("max_probability", value)))
    return rows.filter(~above, _some_finding())


def _probability(name: str, value: str) -> float:
    if NUMBER.fullmatch(value) and 0 <= float(value) <= 1:
        return float(value)
    raise filters.refused(name, "Must be a number from 0 to 1.")


def _together(rows: QuerySet[Any], _: str) -> QuerySet[Any]:
    """Leave a condition on findings to :func:`filtered`, which asks for one that meets all of them."""
    return rows


BY_FINDING: dict[str, Callable[[str], Q]] = {
    "role": lambda value: Q(role=value),
    "model_version": lambda value: Q(model__version=value) | Q(model=value),
}
FILTERS: dict[str, filters.Narrow] = {
    "state": filters.choice("state", {value: {"state": value} for value in State.values}),
    "verdict": _standing("verdict", "verdicts__label", Label.values),
    "action": _standing("action", "verdicts__action", Action.values),
    "decided_by": _standing("decided_by", "verdicts__decided_by", DecidedBy.values),
    "external_id": filters.exactly("external_id"),
    "author_id": filters.exactly("author_id"),
    "sha256": filters.exactly("image__sha256"),
    "created_after": filters.moment("created_after", "created_at__gt"),
    "created_before": filters.moment("created_before", "created_at__lt"),
    "min_probability": _at_least,
    "max_probability": _at_most,
    **dict.fromkeys(BY_FINDING, _together),
}
