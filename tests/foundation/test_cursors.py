"""Cursor pages: newest first, both ways, without losing or doubling a row."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import RequestFactory

from foundation import cursors
from foundation.problems import Problem
from moderation.intake.models import Submission
from tests.factories import SubmissionFactory

pytestmark = pytest.mark.django_db


def page(address: str = "/rows") -> dict[str, Any]:
    request = RequestFactory().get(address)
    return cursors.page(request, Submission.objects.all(), lambda row: row.pk)


def made(count: int) -> list[str]:
    """Return the ids of new rows, the newest first."""
    return [SubmissionFactory.create().pk for _ in range(count)][::-1]


def test_no_rows_are_an_empty_page_without_links() -> None:
    assert page() == {"results": [], "next": None, "previous": None}


def test_page_that_holds_every_row_has_no_links() -> None:
    ids = made(3)

    assert page("/rows?limit=3") == {"results": ids, "next": None, "previous": None}


def test_links_lead_through_every_row_once_and_back() -> None:
    ids = made(5)

    first = page("/rows?limit=2")
    second = page(first["next"])
    third = page(second["next"])
    assert [first["results"], second["results"], third["results"]] == [ids[:2], ids[2:4], ids[4:]]
    assert (first["previous"], third["next"]) == (None, None)

    back = page(third["previous"])
    assert back["results"] == ids[2:4]
    assert page(back["previous"])["results"] == ids[:2]
    assert page(back["previous"])["previous"] is None


def test_rows_that_arrive_while_paging_move_nothing() -> None:
    ids = made(4)
    first = page("/rows?limit=2")

    made(2)

    assert page(first["next"])["results"] == ids[2:]


def test_links_are_absolute_and_keep_the_other_parameters() -> None:
    made(2)

    following = page("/rows?limit=1&state=queued&metadata=a%26b")["next"]

    assert following.startswith("http://testserver/rows?limit=1&state=queued&metadata=a%26b&before=sub_")


def test_default_limit_is_50() -> None:
    SubmissionFactory.create_batch(51)

    found = page()

    assert len(found["results"]) == 50
    assert found["next"] is not None


@pytest.mark.parametrize("limit", ["", "0", "-1", "201", "1.0", "1e2", "ten", "\u0661", " 5", "0x10", "9" * 5000])
def test_limit_outside_1_to_200_is_invalid(limit: str) -> None:
    with pytest.raises(Problem) as refusal:
        page(f"/rows?limit={quote(limit)}")

    assert refusal.value.code == "invalid"
    assert refusal.value.errors[0]["parameter"] == "limit"


def test_both_cursors_at_once_are_invalid() -> None:
    with pytest.raises(Problem, match="invalid"):
        page("/rows?before=sub_1&after=sub_2")


@pytest.mark.parametrize("cursor", ["%00", "a%00b", "%F0%9F%98%80", "x" * 5000, "%ff", "'; --"])
def test_cursor_that_was_never_given_out_finds_rows_by_its_place(cursor: str) -> None:
    made(2)

    for name in ("before", "after"):
        found = page(f"/rows?{name}={cursor}")
        assert len(found["results"]) in {0, 2}
