"""The delivery log, by API."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from moderation.clients.models import Role
from moderation.webhooks import claims
from moderation.webhooks import delivery as courier
from moderation.webhooks.models import State
from tests.factories import person
from tests.webhooks import factories
from tests.webhooks.api.calls import DELIVERIES, Caller, faults
from tests.webhooks.receiver import Answer, Receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller() -> Caller:
    return Caller(scopes=["read"])


def listed(caller: Caller, **query: str) -> list[str]:
    answer = caller.get(DELIVERIES, **query)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_a_delivery_is_shown_with_its_attempts(caller: Caller, hooks: Receiver) -> None:
    hooks.say(Answer(503, b"<b>busy</b>"))
    endpoint = factories.endpoint(hooks.url, client=caller.client)
    row = factories.delivery(endpoint, factories.event(endpoint, type="verdict.revised", subject="sub_7"))
    courier.deliver_due()
    shown = caller.get(f"{DELIVERIES}/{row.pk}").json()
    (attempt,) = shown.pop("attempts")
    row.refresh_from_db()
    assert shown == {
        "id": row.pk,
        "webhook_id": row.event_id,
        "event": row.event_id,
        "type": "verdict.revised",
        "subject": "sub_7",
        "endpoint": endpoint.pk,
        "state": "pending",
        "replays": 0,
        "created_at": zulu(row.created_at),
        "next_attempt_at": zulu(row.next_at),
        "delivered_at": None,
    }
    assert datetime.fromisoformat(attempt.pop("started_at")) <= timezone.now()
    assert 0 <= attempt.pop("milliseconds") < 5000
    assert attempt == {
        "number": 1,
        "status_code": 503,
        "error": "It answered 503.",
        "response_excerpt": "<b>busy</b>",
    }


def zulu(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_the_secret_and_the_headers_of_the_endpoint_stay_out_of_the_log(caller: Caller) -> None:
    row = factories.delivery(factories.endpoint(client=caller.client, headers={"X-Token": "t0p"}))
    text = caller.get(f"{DELIVERIES}/{row.pk}").content.decode() + caller.get(DELIVERIES).content.decode()
    assert row.endpoint.secret not in text
    assert "t0p" not in text


def test_the_log_is_newest_first_paged_and_the_clients_own(caller: Caller) -> None:
    endpoint = factories.endpoint(client=caller.client)
    rows = [factories.delivery(endpoint).pk for _ in range(5)]
    factories.delivery(factories.endpoint())
    assert listed(caller) == rows[::-1]
    page = caller.get(DELIVERIES, limit="2").json()
    assert [row["id"] for row in page["results"]] == rows[:2:-1]
    assert listed(caller, before=rows[3]) == rows[2::-1]


def test_the_log_is_filtered(caller: Caller) -> None:
    one, other = (factories.endpoint(client=caller.client) for _ in range(2))
    early = timezone.now() - timedelta(days=2)
    failed = factories.delivery(one, factories.event(one, type="ping"), state=State.FAILED, created_at=early)
    waiting = factories.delivery(other)
    assert (
        listed(caller, state="failed") == listed(caller, endpoint=one.pk) == listed(caller, type="ping") == [failed.pk]
    )
    assert listed(caller, event=waiting.event_id) == [waiting.pk]
    yesterday = (timezone.now() - timedelta(days=1)).isoformat()
    assert listed(caller, created_after=yesterday) == [waiting.pk]
    assert listed(caller, created_before=yesterday) == [failed.pk]
    assert listed(caller, endpoint=factories.endpoint().pk) == []


@pytest.mark.parametrize(
    "query",
    [
        {"state": "eaten"},
        {"created_after": "soon"},
        {"created_before": "2026-11-21"},
        {"color": "red"},
        {"event": "\x00"},
    ],
)
def test_an_unknown_or_impossible_filter_is_refused(caller: Caller, query: dict[str, str]) -> None:
    answer = caller.get(DELIVERIES, **query)
    assert (answer.status_code, faults(answer)) == (422, set(query))


def test_what_is_under_way_has_no_next_attempt_and_is_not_replayed() -> None:
    caller = Caller()
    row = factories.delivery(factories.endpoint(client=caller.client))
    claims.claim(1)
    assert caller.get(f"{DELIVERIES}/{row.pk}").json()["next_attempt_at"] is None
    answer = caller.post(f"{DELIVERIES}/{row.pk}/replay")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    row.refresh_from_db()
    assert (row.replays, row.attempts) == (0, 1)


def test_the_list_asks_the_database_no_more_for_many_than_for_one(caller: Caller) -> None:
    endpoint = factories.endpoint(client=caller.client)
    factories.delivery(endpoint)
    caller.get(DELIVERIES)
    with CaptureQueriesContext(connection) as one:
        caller.get(DELIVERIES)
    for _ in range(10):
        factories.delivery(endpoint)
    with CaptureQueriesContext(connection) as many:
        caller.get(DELIVERIES)
    assert len(many) == len(one)


def test_a_moderator_reads_the_log_and_replays_nothing() -> None:
    row = factories.delivery(factories.endpoint(), state=State.FAILED)
    caller = Caller()
    caller.headers = {}
    caller.browser.force_login(person(Role.MODERATOR), backend="django.contrib.auth.backends.ModelBackend")
    assert listed(caller) == [row.pk]
    assert caller.post(f"{DELIVERIES}/{row.pk}/replay").status_code == 403
    row.refresh_from_db()
    assert row.state == State.FAILED
