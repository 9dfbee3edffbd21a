"""Pages of submissions in any of the explorer's orders, by key and without counting: the twin of foundation.cursors.

Rows without a value in the sorted column come last, in the order of their identifiers. A cursor is ``value~id`` of the
row at the edge; one that cannot be read is the first page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation.intake.models import Submission

Rows = QuerySet[Submission]
Cursor = tuple[Any, str]
LIMIT = 50
AT_ONCE = 500


@dataclass(frozen=True)
class Sort:
    """An order: by ``column`` and the identifier, or by the identifier alone, which is the time of receipt."""

    name: str
    words: str | Promise
    column: str = ""
    descending: bool = True

    @property
    def is_time(self) -> bool:
        return self.column.endswith("_at")


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursors of what lies before and after them, empty for nothing."""

    rows: list[Submission]
    newer: str
    older: str


SORTS = {
    sort.name: sort
    for sort in (
        Sort("newest", _("Newest first")),
        Sort("oldest", _("Oldest first"), descending=False),
        Sort("analysed", _("Last analysed first"), "analysed_at"),
        Sort("reviewed", _("Last reviewed first"), "reviewed_at"),
        Sort("least_sure", _("Least sure first"), "confidence", descending=False),
        Sort("surest", _("Surest first"), "confidence"),
        Sort("disagreement", _("Models furthest apart first"), "disagreement"),
        Sort("suspect", _("Highest probability first"), "highest"),
    )
}
USUAL = "newest"


def page(rows: Rows, sort: Sort, *, after: str = "", before: str = "", limit: int = LIMIT) -> Page:
    """Return the rows that follow the cursor ``after``, or else those that lead up to ``before``."""
    behind, ahead = _read(after, sort), _read(before, sort)
    if behind is None and ahead is not None:
        found = _taken(rows, sort, ahead, limit + 1, backwards=True)
        shown = found[:limit][::-1]
        return Page(shown, _edge(shown, sort, 0) if len(found) > limit else "", _edge(shown, sort, -1))
    found = _taken(rows, sort, behind, limit + 1)
    shown = found[:limit]
    return Page(shown, _edge(shown, sort, 0) if behind else "", _edge(shown, sort, -1) if len(found) > limit else "")


def everything(rows: Rows, sort: Sort) -> Iterator[Submission]:
    """Return all the rows in order, some hundreds at a time, so that no connection is held while they are sent."""
    cursor: Cursor | None = None
    while found := _taken(rows, sort, cursor, AT_ONCE):
        yield from found
        if len(found) < AT_ONCE:
            return
        cursor = _key(found[-1], sort)


def _taken(rows: Rows, sort: Sort, cursor: Cursor | None, limit: int, *, backwards: bool = False) -> list[Submission]:
    descending = sort.descending != backwards
    found: list[Submission] = []
    for part in _parts(rows, sort, cursor, backwards=backwards, descending=descending):
        found += part[: limit - len(found)]
        if len(found) == limit:
            break
    return found


def _parts(rows: Rows, sort: Sort, cursor: Cursor | None, *, backwards: bool, descending: bool) -> list[Rows]:
    """Return what follows the cursor: of the rows with a value and of those without, in the order of the walk."""
    sign = "-" if descending else ""
    if not sort.column:
        return [_past(rows, "", cursor, descending).order_by(f"{sign}id")]
    valued = rows.filter(**{f"{sort.column}__isnull": False}).order_by(f"{sign}{sort.column}", f"{sign}id")
    blank = rows.filter(**{f"{sort.column}__isnull": True}).order_by(f"{sign}id")
    if cursor is None:
        return [blank, valued] if backwards else [valued, blank]
    if cursor[0] is None:
        rest = _past(blank, "", cursor, descending)
        return [rest, valued] if backwards else [rest]
    rest = _past(valued, sort.column, cursor, descending)
    return [rest] if backwards else [rest, blank]


def _past(rows: Rows, column: str, cursor: Cursor | None, descending: bool) -> Rows:
    if cursor is None:
        return rows
    value, pk = cursor
    if not column:
        return rows.filter(**{"pk__lt" if descending else "pk__gt": pk})
    compare = TupleLessThan if descending else TupleGreaterThan
    return rows.filter(compare(Tuple(F(column), F("id")), (value, pk)))


def _key(row: Submission, sort: Sort) -> Cursor:
    return getattr(row, sort.column) if sort.column else None, row.pk


def _edge(rows: list[Submission], sort: Sort, at: int) -> str:
    return cursor_of(rows[at], sort) if rows else ""


def cursor_of(row: Submission, sort: Sort) -> str:
    """Return the cursor of a row."""
    value, pk = _key(row, sort)
    return f"{'' if value is None else value.isoformat() if isinstance(value, datetime) else repr(value)}~{pk}"


def _read(text: str, sort: Sort) -> Cursor | None:
    value, parted, pk = text.partition("~")
    if not parted or not pk or "\x00" in text:
        return None
    if not value:
        return None, pk
    try:
        read = parse_datetime(value) if sort.is_time else float(value)
    except ValueError:
        return None
    aware = not isinstance(read, datetime) or read.tzinfo is not None
    return (read, pk) if read is not None and sort.column and aware else None
