"""Bodies stay under 20 kB, whatever a client put into them."""

import json
from typing import Any

import pytest

from moderation.events import payload, services
from tests.factories import ClientFactory

BIG = ["é" * 3000] * 4  # 24 kB in UTF-8


def body(**data: Any) -> dict[str, Any]:
    return {"type": "submission.analysed", "timestamp": "t", "data": {"id": "sub_1", **data}}


def test_a_small_body_is_left_as_it_is() -> None:
    given = body(findings=[1], metadata={"a": 1})
    assert payload.thin(given) == given


@pytest.mark.parametrize("heavy", ["findings", "provenance", "matches", "metadata"])
def test_what_makes_it_large_is_left_out_and_that_is_said(heavy: str) -> None:
    slim = payload.thin(body(**{heavy: BIG}, state="analysed"))
    assert heavy not in slim["data"]
    assert (slim["data"]["id"], slim["data"]["state"], slim["data"]["truncated"]) == ("sub_1", "analysed", True)
    assert len(payload.serialise(slim)) <= payload.LARGEST


def test_no_more_is_left_out_than_needed_and_findings_go_first() -> None:
    slim = payload.thin(body(findings=BIG, provenance=["kept"], metadata={"kept": 1}))
    assert slim["data"] == {"id": "sub_1", "provenance": ["kept"], "metadata": {"kept": 1}, "truncated": True}


def test_everything_large_at_once_still_fits() -> None:
    slim = payload.thin(body(**dict.fromkeys(payload.HEAVY, BIG)))
    assert slim["data"] == {"id": "sub_1", "truncated": True}


@pytest.mark.parametrize(("spare", "whole"), [(0, True), (-1, False)])
def test_the_limit_is_of_the_bytes_that_are_sent(spare: int, whole: bool) -> None:
    empty = len(payload.serialise(body(findings=[""])))
    given = body(findings=["x" * (payload.LARGEST - empty - spare)])
    slim = payload.thin(given)
    assert ("findings" in slim["data"]) is whole
    assert len(payload.serialise(slim)) <= payload.LARGEST


def test_the_given_body_is_not_changed() -> None:
    given = body(findings=BIG)
    before = json.dumps(given)
    payload.thin(given)
    assert json.dumps(given) == before


@pytest.mark.django_db
def test_a_recorded_event_is_thin() -> None:
    event = services.record(ClientFactory.create(), "submission.analysed", "sub_1", {"id": "sub_1", "findings": BIG})
    event.refresh_from_db()
    assert event.body["data"] == {"id": "sub_1", "truncated": True}
