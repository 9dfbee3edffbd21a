"""A new secret, a test, replays and statistics, by API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from moderation.audit.models import Entry
from moderation.events import services as events
from moderation.webhooks import delivery as courier
from moderation.webhooks.models import Attempt, Delivery, Endpoint, State
from tests.webhooks import factories
from tests.webhooks.api.calls import DELIVERIES, ENDPOINTS, Caller, faults
from tests.webhooks.receiver import Answer, Receiver

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def caller() -> Caller:
    return Caller()


def action(endpoint: Endpoint, name: str) -> str:
    return f"{ENDPOINTS}/{endpoint.pk}/{name}"


def text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def span(**more: Any) -> dict[str, Any]:
    now = timezone.now()
    return {"since": text(now - HOUR), "until": text(now + HOUR), **more}


def test_rotating_answers_the_new_secret_once(caller: Caller) -> None:
    endpoint = factories.endpoint(client=caller.client)
    answer = caller.post(action(endpoint, "rotate_secret"))
    old = endpoint.secret
    endpoint.refresh_from_db()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.json()["secret"] == endpoint.secret != old
    assert endpoint.secrets() == [endpoint.secret, old]
    shown = caller.get(f"{ENDPOINTS}/{endpoint.pk}").json()
    assert shown["secret"] is None
    left = datetime.fromisoformat(shown["old_secrets_end_at"]) - timezone.now()
    assert timedelta(hours=23) < left <= timedelta(hours=24)


@pytest.mark.parametrize("overlap", [-1, 604_801, "soon", 1.5, None, [], 10**30])
def test_an_overlap_that_cannot_be_is_refused(caller: Caller, overlap: Any) -> None:
    endpoint = factories.endpoint(client=caller.client)
    answer = caller.post(action(endpoint, "rotate_secret"), {"overlap_seconds": overlap})
    assert (answer.status_code, faults(answer)) == (422, {"#/overlap_seconds"})
    secret = endpoint.secret
    endpoint.refresh_from_db()
    assert (endpoint.secret, endpoint.retiring) == (secret, [])


def test_a_test_is_a_ping_to_this_endpoint_alone(caller: Caller, hooks: Receiver) -> None:
    endpoint = factories.endpoint(f"{hooks.url}/a", client=caller.client, event_types=["verdict.revised"])
    factories.endpoint(f"{hooks.url}/b", client=caller.client)
    answer = caller.post(action(endpoint, "test"))
    queued = answer.json()
    assert (answer.status_code, queued["queued"]) == (202, 1)
    events.dispatch_due()
    courier.deliver_due()
    (got,) = hooks.received
    body = Webhook(endpoint.secret).verify(got.body, got.headers)
    assert (got.path, got.headers["webhook-id"]) == ("/a", queued["event"])
    assert (body["type"], body["data"]) == ("ping", {"endpoint": endpoint.pk})
    assert caller.get(f"{DELIVERIES}/{queued['delivery']}").json()["state"] == "delivered"


@pytest.mark.parametrize(("name", "body"), [("test", None), ("replay", span())])
def test_a_disabled_endpoint_is_sent_nothing(caller: Caller, name: str, body: Any) -> None:
    endpoint = factories.endpoint(client=caller.client, enabled=False)
    factories.event(endpoint)
    answer = caller.post(action(endpoint, name), body)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert not Delivery.objects.exists()


def test_a_range_is_replayed_under_the_same_ids_and_marked(caller: Caller, hooks: Receiver) -> None:
    endpoint = factories.endpoint(hooks.url, client=caller.client)
    rows = [factories.delivery(endpoint) for _ in range(3)]
    courier.deliver_due()
    answer = caller.post(action(endpoint, "replay"), span())
    assert (answer.status_code, answer.json()) == (202, {"queued": 3})
    courier.deliver_due()
    first, again = hooks.received[:3], hooks.received[3:]
    ids = sorted(row.event_id for row in rows)
    assert (
        sorted(got.headers["webhook-id"] for got in first) == sorted(got.headers["webhook-id"] for got in again) == ids
    )
    assert [got.headers.get("assay-replay") for got in first] == [None] * 3
    assert [got.headers.get("assay-replay") for got in again] == ["true"] * 3
    for got in again:
        Webhook(endpoint.secret).verify(got.body, got.headers)


def test_without_an_end_a_range_ends_now(caller: Caller) -> None:
    endpoint = factories.endpoint(client=caller.client)
    factories.delivery(endpoint, state=State.FAILED)
    answer = caller.post(action(endpoint, "replay"), {"since": text(timezone.now() - HOUR)})
    assert answer.json() == {"queued": 1}


@pytest.mark.parametrize(
    ("body", "pointed"),
    [
        ({}, {"#/since"}),
        ({"since": "yesterday"}, {"#/since"}),
        ({"since": 5}, {"#/since"}),
        ({"since": "2026-11-21T09:00:00Z", "until": "2026-11-21T09:00:00Z"}, {"#/until"}),
        ({"since": "2026-11-21T09:00:00Z", "until": "0001-01-01T00:00:00+14:00"}, {"#/until"}),
        ({"since": "2026-11-21T09:00:00Z", "undelivered_only": "x"}, {"#/undelivered_only"}),
    ],
)
def test_a_range_that_is_none_is_refused(caller: Caller, body: Any, pointed: set[str]) -> None:
    endpoint = factories.endpoint(client=caller.client)
    row = factories.delivery(endpoint, state=State.FAILED)
    answer = caller.post(action(endpoint, "replay"), body)
    assert (answer.status_code, faults(answer)) == (422, pointed)
    row.refresh_from_db()
    assert row.state == State.FAILED


def test_one_delivery_is_replayed(caller: Caller, hooks: Receiver) -> None:
    hooks.say(Answer(410), Answer(200))
    endpoint = factories.endpoint(hooks.url, client=caller.client)
    row = factories.delivery(endpoint)
    courier.deliver_due()
    caller.patch(f"{ENDPOINTS}/{endpoint.pk}", {"enabled": True})
    answer = caller.post(f"{DELIVERIES}/{row.pk}/replay")
    assert (answer.status_code, answer.json()) == (202, {"queued": 1, "delivery": row.pk, "event": row.event_id})
    courier.deliver_due()
    shown = caller.get(f"{DELIVERIES}/{row.pk}").json()
    assert (shown["state"], shown["replays"], shown["webhook_id"]) == ("delivered", 1, row.event_id)
    assert [(one["number"], one["status_code"]) for one in shown["attempts"]] == [(1, 410), (2, 200)]
    assert Entry.objects.filter(action="delivery.replayed", object_id=row.pk, actor=caller.key.pk).count() == 1


def test_replaying_twice_with_one_idempotency_key_queues_once(caller: Caller) -> None:
    row = factories.delivery(factories.endpoint(client=caller.client), state=State.FAILED)
    path = f"{DELIVERIES}/{row.pk}/replay"
    answers = [caller.post(path, None, **{"Idempotency-Key": "again"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    row.refresh_from_db()
    assert row.replays == 1


def test_statistics_count_deliveries_attempts_and_time(caller: Caller) -> None:
    endpoint = factories.endpoint(client=caller.client)
    now = timezone.now()
    good = factories.delivery(endpoint, state=State.DELIVERED, attempts=2, delivered_at=now)
    factories.delivery(endpoint, state=State.FAILED, attempts=1)
    waiting = factories.delivery(endpoint)
    factories.delivery(endpoint, state=State.DELIVERED, created_at=now - 30 * HOUR)
    factories.delivery(factories.endpoint(client=caller.client), state=State.FAILED)
    for number, took in enumerate((10, 20, 400), start=1):
        Attempt.objects.create(delivery=good, number=number, started_at=now, milliseconds=took, status_code=200)
    body = caller.get(action(endpoint, "statistics")).json()
    counted = {name: body[name] for name in ("delivered", "failed", "pending", "retried", "attempts")}
    assert counted == {"delivered": 1, "failed": 1, "pending": 1, "retried": 1, "attempts": 3}
    assert (body["milliseconds_p50"], body["milliseconds_p95"]) == (20, 400)
    assert datetime.fromisoformat(body["last_delivered_at"]) == now
    assert datetime.fromisoformat(body["oldest_pending_at"]) == waiting.created_at
    longer = caller.get(action(endpoint, "statistics"), since=text(now - 40 * HOUR)).json()
    assert longer["delivered"] == 2


def test_statistics_of_an_endpoint_that_was_told_nothing_are_empty(caller: Caller) -> None:
    body = caller.get(action(factories.endpoint(client=caller.client), "statistics")).json()
    assert (body["delivered"], body["attempts"], body["milliseconds_p50"], body["oldest_pending_at"]) == (
        0,
        0,
        None,
        None,
    )


@pytest.mark.parametrize("query", [{"since": "yesterday"}, {"until": "2026-11-21T09:00:00Z"}, {"since": "\x00"}])
def test_statistics_refuse_what_they_do_not_know(caller: Caller, query: dict[str, str]) -> None:
    answer = caller.get(action(factories.endpoint(client=caller.client), "statistics"), **query)
    assert (answer.status_code, faults(answer)) == (422, set(query))
