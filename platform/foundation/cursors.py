"""Cursor pages: newest first, by identifier, without ever counting."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter

from foundation.problems import Problem

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
LONGEST = 10  # digits: int() raises for numbers of thousands
M = TypeVar("M", bound=Model)
PAGING = [
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}),
    OpenApiParameter("before", description="an identifier: what is older"),
    OpenApiParameter("after", description="an identifier: what is newer"),
]


def page(request: HttpRequest, rows: QuerySet[M], render: Callable[[M], Any]) -> dict[str, Any]:
    """Return ``{"results", "next", "previous"}`` of the rows, whose primary keys are in time order.

    Query: ``limit`` 1..200 (50), and ``before`` or ``after``, an identifier.

    Raises:
        Problem: ``invalid`` when ``limit`` is none, or both cursors are given.
    """
    limit = _limit(request)
    before, after = request.GET.get("before"), request.GET.get("after")
    if before and after:
        raise _invalid("before", "Give 'before' or 'after', not both.")
    found, more = _slice(rows, before, after, limit)
    older = more if not after else True
    newer = bool(before) or (bool(after) and more)
    return {
        "results": [render(row) for row in found],
        "next": _link(request, "before", found[-1].pk) if found and older else None,
        "previous": _link(request, "after", found[0].pk) if found and newer else None,
    }


def _slice(rows: QuerySet[M], before: str | None, after: str | None, limit: int) -> tuple[list[M], bool]:
    if after:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: limit + 1])
        return found[:limit][::-1], len(found) > limit
    older = rows.filter(pk__lt=before) if before else rows
    found = list(older.order_by("-pk")[: limit + 1])
    return found[:limit], len(found) > limit


def _limit(request: HttpRequest) -> int:
    given = request.GET.get("limit", str(DEFAULT_LIMIT))
    if given.isascii() and given.isdigit() and len(given) < LONGEST and 1 <= int(given) <= MAX_LIMIT:
        return int(given)
    raise _invalid("limit", f"Must be a whole number from 1 to {MAX_LIMIT}.")


def _invalid(parameter: str, detail: str) -> Problem:
    return Problem("invalid", "Some values are not valid.", errors=[{"parameter": parameter, "detail": detail}])


def _link(request: HttpRequest, cursor: str, value: str) -> str:
    kept = {name: given for name, given in request.GET.items() if name not in {"before", "after"}}
    return request.build_absolute_uri(f"{request.path}?{urlencode({**kept, cursor: value})}")
