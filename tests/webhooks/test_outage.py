"""A receiver that is down for an hour, in simulated time: everything arrives, each under its own id, none is lost."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.db.models import Min
from django.utils import timezone
from standardwebhooks import Webhook

from moderation.events import services as events
from moderation.webhooks import delivery, health, replays, services
from moderation.webhooks.models import Attempt, Delivery, Endpoint, State
from tests.webhooks import factories
from tests.webhooks.receiver import Answer, Receiver

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
START = datetime(2026, 11, 21, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
Clock = time_machine.Traveller


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(START, tick=False) as moving:
        yield moving


def next_moment() -> datetime | None:
    """Return when something can be sent next: the first due time, after its endpoint's rest."""
    waiting = Delivery.objects.filter(state=State.PENDING, endpoint__enabled=True)
    due = [
        max(row["first"], row["endpoint__resting_until"] or row["first"])
        for row in waiting.values("endpoint", "endpoint__resting_until").annotate(first=Min("next_at"))
    ]
    return min(due, default=None)


def live(clock: Clock, until: datetime) -> None:
    """Let time pass from one thing to do to the next, as beat and the courier would."""
    while (moment := next_moment()) is not None and moment <= until:
        clock.move_to(max(moment, timezone.now()) + timedelta(milliseconds=1))
        delivery.sweep()
        delivery.deliver_due()
    clock.move_to(max(until, timezone.now()))


def tell(endpoint: Endpoint, count: int) -> set[str]:
    told = {events.record(endpoint.client, "verdict.revised", f"sub_{number}", {}).pk for number in range(count)}
    events.dispatch_due()
    return told


def test_an_hours_outage_loses_nothing_and_disables_nobody(clock: Clock, hooks: Receiver) -> None:
    back_at = START + HOUR
    hooks.answer = lambda got: Answer(200 if timezone.now() >= back_at else 503)
    endpoint = factories.endpoint(hooks.url)
    told = tell(endpoint, 20)

    live(clock, back_at)
    assert not Delivery.objects.filter(state=State.DELIVERED).exists()
    assert not Delivery.objects.filter(state=State.FAILED).exists()
    asked = len(hooks.received)
    told |= tell(endpoint, 5)
    live(clock, back_at + 10 * HOUR)

    taken = hooks.received[asked:]
    assert Counter(got.headers["webhook-id"] for got in taken) == Counter(told)
    for got in taken[:3]:
        assert abs(int(got.headers["webhook-timestamp"]) - back_at.timestamp()) < 3 * 3600
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.DELIVERED}
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.failures, endpoint.failing_since) == (True, 0, None)


def test_during_an_outage_it_is_asked_seldom_and_soon_after_it_is_found(clock: Clock, hooks: Receiver) -> None:
    back_at = START + HOUR
    hooks.answer = lambda got: Answer(200 if timezone.now() >= back_at else 503)
    endpoint = factories.endpoint(hooks.url)
    tell(endpoint, 50)
    live(clock, back_at)
    assert 10 <= len(hooks.received) <= 30
    live(clock, back_at + health.LONGEST_REST * 1.2)
    untouched = Delivery.objects.filter(attempts=1)
    assert untouched.count() >= 20
    assert set(untouched.values_list("state", flat=True)) == {State.DELIVERED}
    first = Delivery.objects.filter(state=State.DELIVERED).aggregate(at=Min("delivered_at"))["at"]
    assert back_at <= first <= back_at + health.LONGEST_REST * 1.2


def test_each_delivery_keeps_the_schedule_where_it_is_alone(clock: Clock, hooks: Receiver) -> None:
    hooks.say(Answer(503))
    tell(factories.endpoint(hooks.url), 1)
    live(clock, START + timedelta(days=5))
    row = Delivery.objects.get()
    times = list(row.tries.values_list("started_at", flat=True))
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    planned = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert len(waits) == 9
    assert all(plan <= wait <= plan * 1.1 + 1 for plan, wait in zip(planned, waits, strict=True))
    assert (row.state, row.attempts) == (State.FAILED, 10)


def test_a_receiver_that_asks_for_a_day_is_asked_after_a_day(clock: Clock, hooks: Receiver) -> None:
    hooks.say(Answer(503, headers={"Retry-After": "864000"}), Answer(200))
    tell(factories.endpoint(hooks.url), 1)
    live(clock, START + timedelta(days=2))
    first, second = Attempt.objects.order_by("number")
    waited = second.started_at - first.started_at
    assert timedelta(hours=24) <= waited <= timedelta(hours=24, minutes=1)
    assert Delivery.objects.get().state == State.DELIVERED


def test_five_days_of_it_disable_the_endpoint_and_a_replay_brings_everything_back(
    clock: Clock, hooks: Receiver
) -> None:
    hooks.say(Answer(500))
    endpoint = factories.endpoint(hooks.url)
    told: set[str] = set()
    for day in range(6):
        clock.move_to(START + timedelta(days=day))
        told |= tell(endpoint, 1)
        live(clock, START + timedelta(days=day + 1))
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.disabled_reason) == (False, "Every attempt failed for 5 days.")
    assert endpoint.disabled_at is not None
    assert START + timedelta(days=5) <= endpoint.disabled_at <= START + timedelta(days=6)

    hooks.received.clear()
    hooks.say(Answer(200))
    services.enable(endpoint, actor="test")
    endpoint.refresh_from_db()
    replays.replay_range(endpoint, START - MINUTE, timezone.now() + MINUTE, undelivered_only=True, actor="test")
    live(clock, timezone.now() + MINUTE)
    arrived = Counter(got.headers["webhook-id"] for got in hooks.received)
    assert {event: arrived[event] for event in told} == dict.fromkeys(told, 1)
    for got in hooks.received:
        assert got.headers["assay-replay"] == "true"
        assert Webhook(endpoint.secret).verify(got.body, got.headers)
