"""Pages by key in every order: nothing twice, nothing left out, forwards and backwards, and never counted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moderation.insights.explore import paging
from moderation.insights.explore.paging import SORTS
from moderation.intake.models import Submission
from tests.factories import ClientFactory
from tests.insights.explore.finding import found

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
VALUES: dict[str, list[Any]] = {
    "confidence": [0.5, 0.9, 0.5, None, 0.1, None, 1 / 3],
    "highest": [0.5, 0.5, 0.5, 0.25, None, None, 0.75],
    "disagreement": [None] * 7,
    "analysed_at": [NOW, NOW, None, NOW - timedelta(microseconds=1), NOW, NOW, None],
    "reviewed_at": [None, NOW, NOW, None, None, None, NOW],
}


@pytest.fixture
def rows() -> list[Submission]:
    client = ClientFactory.create()
    return [found(client=client, **{name: VALUES[name][at] for name in VALUES}) for at in range(7)]


def expected(rows: list[Submission], name: str) -> list[str]:
    sort = SORTS[name]
    by_key = sorted(rows, key=lambda row: row.pk, reverse=sort.descending)
    if not sort.column:
        return [row.pk for row in by_key]
    valued = [row for row in by_key if getattr(row, sort.column) is not None]
    valued.sort(key=lambda row: getattr(row, sort.column), reverse=sort.descending)
    if sort.descending:  # sorting in reverse keeps equal ones as they were
        valued.sort(key=lambda row: (getattr(row, sort.column), row.pk), reverse=True)
    return [row.pk for row in [*valued, *(row for row in by_key if row not in valued)]]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
@pytest.mark.parametrize("name", SORTS)
def test_walk_shows_every_row_once_and_back_again(rows: list[Submission], name: str, limit: int) -> None:
    found_, pages, after = Submission.objects.all(), [], ""
    while True:
        page = paging.page(found_, SORTS[name], after=after, limit=limit)
        pages.append([row.pk for row in page.rows])
        if not page.older:
            break
        after = page.older
    back = [pages[-1]]
    while page.newer:
        page = paging.page(found_, SORTS[name], before=page.newer, limit=limit)
        back.append([row.pk for row in page.rows])

    assert [pk for page_ in pages for pk in page_] == expected(rows, name)
    assert [pk for page_ in reversed(back) for pk in page_] == expected(rows, name)


def test_everything_comes_in_order_however_many_are_read_at_once(
    rows: list[Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "AT_ONCE", 2)

    assert [row.pk for row in paging.everything(Submission.objects.all(), SORTS["surest"])] == expected(rows, "surest")


@pytest.mark.parametrize("cursor", ["", "~", "x", "nan~", "later~sub_1", "\x00~sub_1", "0.5", "2026-11-21T09:00:00~s"])
@pytest.mark.parametrize("name", ["newest", "analysed", "surest"])
def test_cursor_that_cannot_be_read_is_the_first_page(rows: list[Submission], name: str, cursor: str) -> None:
    page = paging.page(Submission.objects.all(), SORTS[name], after=cursor, limit=3)

    assert [row.pk for row in page.rows] == expected(rows, name)[:3]


@pytest.mark.parametrize("cursor", ["nan~sub_1", "inf~sub_1", "0.5~'; DROP", "1e999~\ud800", "~\x01"])
def test_hostile_cursors_find_no_error(rows: list[Submission], cursor: str) -> None:
    cursor = cursor.encode("utf-8", "replace").decode()

    assert len(paging.page(Submission.objects.all(), SORTS["surest"], after=cursor).rows) <= 7
