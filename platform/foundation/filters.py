"""Filters of a list: each known query parameter narrows the rows, any other is refused."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime

from foundation.problems import Problem

PAGING = frozenset({"limit", "before", "after"})
Narrow = Callable[[QuerySet[Any], str], QuerySet[Any]]


def narrowed(rows: QuerySet[Any], query: Mapping[str, str], filters: Mapping[str, Narrow]) -> QuerySet[Any]:
    """Return the rows that pass every filter of ``query``; the parameters of paging are left to the pages.

    Raises:
        Problem: ``invalid`` for a parameter that is unknown or a value that cannot be.
    """
    for name, value in query.items():
        if name in PAGING:
            continue
        if name not in filters:
            raise refused(name, "There is no such filter.")
        if "\x00" in value:
            raise refused(name, "Must not contain U+0000.")
        rows = filters[name](rows, value)
    return rows


def refused(name: str, detail: str) -> Problem:
    return Problem("invalid", "Some values are not valid.", errors=[{"parameter": name, "detail": detail}])


def choice(name: str, narrow: Mapping[str, Mapping[str, Any]]) -> Narrow:
    """Return a filter that takes the keys of ``narrow``, each with the look-ups that it stands for."""

    def apply(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        if value not in narrow:
            raise refused(name, f"Must be one of {', '.join(narrow)}.")
        return rows.filter(**narrow[value])

    return apply


def exactly(column: str) -> Narrow:
    return lambda rows, value: rows.filter(**{column: value})


def moment(name: str, column: str) -> Narrow:
    """Return a filter that takes an RFC 3339 time; ``column`` is a look-up such as ``created_at__gt``."""
    return lambda rows, value: rows.filter(**{column: _time(name, value)})


def _time(name: str, value: str) -> datetime:
    try:
        found = parse_datetime(value)
        if found is not None and found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise refused(name, "Must be an RFC 3339 time such as 2026-11-21T09:00:00Z.")
