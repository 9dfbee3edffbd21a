"""The log of what was told, by API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.events import services
from tests.factories import ClientFactory, EventFactory
from tests.webhooks.api.calls import EVENTS, Caller, faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller() -> Caller:
    return Caller(scopes=["read"])


def test_an_event_is_shown_as_it_was_told(caller: Caller) -> None:
    event = services.record(caller.client, "verdict.revised", "sub_1", {"id": "sub_1", "note": "Grüße"})
    services.dispatch_due()
    shown = caller.get(f"{EVENTS}/{event.pk}").json()
    assert shown == {"id": event.pk, **event.body, "subject": "sub_1", "erased_at": None}
    assert caller.get(EVENTS).json()["results"] == [shown]


def test_what_is_held_back_or_taken_back_is_nowhere(caller: Caller) -> None:
    later = timezone.now() + timedelta(seconds=30)
    held = services.record(caller.client, "verdict.revised", "sub_1", {}, not_before=later)
    taken_back = services.record(caller.client, "verdict.revised", "sub_2", {})
    services.retract(taken_back.pk)
    services.dispatch_due()
    assert caller.get(EVENTS).json()["results"] == []
    assert [caller.get(f"{EVENTS}/{event.pk}").status_code for event in (held, taken_back)] == [404, 404]


def test_the_log_is_filtered_and_paged(caller: Caller) -> None:
    told = timezone.now()
    first = EventFactory.create(
        client=caller.client, dispatched_at=told, type="ping", created_at=told - timedelta(days=2)
    )
    second = EventFactory.create(client=caller.client, dispatched_at=told)
    yesterday = (told - timedelta(days=1)).isoformat()

    def listed(**query: str) -> list[str]:
        return [row["id"] for row in caller.get(EVENTS, **query).json()["results"]]

    assert listed() == [second.pk, first.pk]
    assert listed(type="ping") == listed(created_before=yesterday) == listed(before=second.pk) == [first.pk]
    assert listed(subject=second.subject) == listed(created_after=yesterday) == listed(limit="1") == [second.pk]


@pytest.mark.parametrize("query", [{"color": "red"}, {"created_after": "soon"}, {"type": "\x00"}, {"limit": "x"}])
def test_an_unknown_or_impossible_filter_is_refused(caller: Caller, query: dict[str, str]) -> None:
    answer = caller.get(EVENTS, **query)
    assert (answer.status_code, faults(answer)) == (422, set(query))


def test_an_erased_event_keeps_its_type_and_time_and_nothing_else(caller: Caller) -> None:
    event = EventFactory.create(client=caller.client, dispatched_at=timezone.now(), subject="sub_1")
    other = EventFactory.create(client=ClientFactory.create(), subject="sub_2")
    assert services.erase(["sub_1", "sub_none"]) == [event.pk]
    shown = caller.get(f"{EVENTS}/{event.pk}").json()
    assert (shown["type"], shown["timestamp"]) == (event.type, event.body["timestamp"])
    assert shown["data"] == {"id": "sub_1", "erased": True}
    assert shown["erased_at"] is not None
    other.refresh_from_db()
    assert (other.erased_at, other.body["data"]) == (None, {"id": "sub_2"})
