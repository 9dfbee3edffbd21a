"""What is queued again, what is not, and what a replay leaves alone."""

from datetime import datetime, timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.events import services as events
from moderation.events.models import Event
from moderation.webhooks import claims, delivery, replays, schedule, services
from moderation.webhooks.models import Delivery, Endpoint, State
from tests.webhooks import factories
from tests.webhooks.receiver import Answer, Receiver

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def everything(endpoint: Endpoint, **options: bool) -> int:
    now = timezone.now()
    return replays.replay_range(endpoint, now - HOUR, now + HOUR, actor="test", **options)


def old(event: Event, at: datetime) -> Event:
    Event.objects.filter(pk=event.pk).update(created_at=at)
    return event


def test_a_range_takes_its_beginning_and_leaves_its_end() -> None:
    endpoint = factories.endpoint()
    now = timezone.now()
    for minutes in (60, 30, 10):
        factories.delivery(endpoint, old(factories.event(endpoint), now - timedelta(minutes=minutes)))
    Delivery.objects.update(state=State.DELIVERED)
    since, until = now - timedelta(minutes=60), now - timedelta(minutes=10)
    assert replays.replay_range(endpoint, since, until, actor="test") == 2
    assert list(Delivery.objects.order_by("pk").values_list("state", "replays")) == [
        ("pending", 1),
        ("pending", 1),
        ("delivered", 0),
    ]


def test_what_it_missed_while_it_was_disabled_or_not_made_yet_is_queued() -> None:
    first = factories.endpoint()
    missed = factories.event(first)
    endpoint = factories.endpoint(client=first.client)
    assert everything(endpoint) == 1
    row = Delivery.objects.get()
    assert (row.event_id, row.endpoint_id, row.client_id) == (missed.pk, endpoint.pk, first.client_id)
    assert (row.state, row.replays, row.attempts) == (State.PENDING, 1, 0)


def test_types_it_did_not_choose_pings_of_others_and_other_clients_are_left_out() -> None:
    endpoint = factories.endpoint(event_types=["verdict.revised", "ping"])
    factories.event(endpoint, type="submission.analysed")
    factories.event(endpoint, type="ping")
    factories.event(factories.endpoint(), type="verdict.revised")
    assert everything(endpoint) == 0
    assert not Delivery.objects.exists()


def test_what_is_held_back_taken_back_or_erased_is_left_out() -> None:
    endpoint = factories.endpoint()
    now = timezone.now()
    factories.event(endpoint, dispatched_at=None, not_before=now + HOUR)
    factories.event(endpoint, dispatched_at=None, retracted_at=now)
    erased = factories.event(endpoint, subject="sub_gone")
    factories.delivery(endpoint, factories.event(endpoint, subject="sub_gone"), state=State.DELIVERED)
    events.erase([erased.subject])
    assert everything(endpoint) == 0
    assert Delivery.objects.get().state == State.DELIVERED


def test_what_is_under_way_is_left_alone() -> None:
    endpoint = factories.endpoint()
    factories.delivery(endpoint)
    (claimed,) = claims.claim(1)
    assert everything(endpoint) == 0
    row = Delivery.objects.get()
    assert (row.token, row.replays) == (claimed.token, 0)
    assert claims.deliver([claimed]) == {row.pk}


def test_only_what_was_not_delivered_where_that_is_asked() -> None:
    endpoint = factories.endpoint()
    for state in (State.DELIVERED, State.FAILED, State.PENDING):
        factories.delivery(endpoint, state=state)
    factories.event(endpoint)
    assert everything(endpoint, undelivered_only=True) == 2
    assert sorted(Delivery.objects.values_list("state", "replays")) == [
        ("delivered", 0),
        ("pending", 0),
        ("pending", 1),
        ("pending", 1),
    ]


def test_a_range_with_too_many_events_is_refused_and_queues_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "MOST", 3)
    endpoint = factories.endpoint()
    for _ in range(2):
        factories.delivery(endpoint, state=State.FAILED)
        factories.event(endpoint)
    with pytest.raises(Problem, match="invalid"):
        everything(endpoint)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}
    assert not Entry.objects.exists()
    Event.objects.filter(deliveries=None).first().delete()  # type: ignore[union-attr]
    assert everything(endpoint) == 3


def test_replaying_twice_does_not_double_what_is_sent(hooks: Receiver) -> None:
    endpoint = factories.endpoint(hooks.url)
    factories.event(endpoint)
    assert [everything(endpoint), everything(endpoint)] == [1, 1]
    delivery.deliver_due()
    assert len(hooks.received) == 1


def test_a_replay_has_all_attempts_before_it_and_the_log_goes_on(hooks: Receiver) -> None:
    hooks.say(Answer(500))
    endpoint = factories.endpoint(hooks.url)
    row = factories.delivery(endpoint, state=State.FAILED, attempts=10)
    replays.replay(row, actor="test")
    delivery.deliver_due()
    row.refresh_from_db()
    assert (row.state, row.attempts, row.round) == (State.PENDING, 11, 1)
    assert timedelta(seconds=4) < row.next_at - timezone.now() <= schedule.RETRIES[0] * 1.1
    assert row.tries.get().number == 11
    Delivery.objects.update(attempts=F("tried_before") + 9, next_at=timezone.now())
    delivery.deliver_due()
    row.refresh_from_db()
    assert (row.state, row.round) == (State.FAILED, 10)


def test_a_waiting_delivery_is_tried_at_once_when_it_is_replayed(hooks: Receiver) -> None:
    row = factories.delivery(factories.endpoint(hooks.url), attempts=3, next_at=timezone.now() + HOUR)
    replays.replay(row, actor="test")
    assert delivery.deliver_due() == 1
    assert hooks.received[0].headers["assay-replay"] == "true"


def test_asking_ends_the_endpoints_rest(hooks: Receiver) -> None:
    endpoint = factories.endpoint(hooks.url, failures=9, resting_until=timezone.now() + HOUR)
    replays.test(endpoint, actor="test")
    assert delivery.deliver_due() == 1
    assert Endpoint.objects.get().failures == 0


def test_what_was_erased_is_gone_and_stays() -> None:
    endpoint = factories.endpoint()
    row = factories.delivery(endpoint, factories.event(endpoint, subject="sub_1"), state=State.DELIVERED)
    events.erase(["sub_1"])
    row = Delivery.objects.select_related("event", "endpoint").get(pk=row.pk)
    with pytest.raises(Problem, match="gone"):
        replays.replay(row, actor="test")
    row.refresh_from_db()
    assert (row.state, row.replays) == (State.DELIVERED, 0)


def test_a_disabled_endpoint_is_refused() -> None:
    row = factories.delivery(factories.endpoint(enabled=False), state=State.FAILED)
    for ask in (
        lambda: replays.replay(row, actor="test"),
        lambda: everything(row.endpoint),
        lambda: replays.test(row.endpoint, actor="test"),
    ):
        with pytest.raises(Problem, match="conflict"):
            ask()
    row.refresh_from_db()
    assert (row.state, Event.objects.filter(type="ping").count()) == (State.FAILED, 0)


def test_a_ping_is_handed_to_nobody_else() -> None:
    endpoint = factories.endpoint()
    other = factories.endpoint(client=endpoint.client)
    replays.test(endpoint, actor="test")
    assert events.dispatch_due() == 0
    assert not other.deliveries.exists()
    assert endpoint.deliveries.get().event.type == "ping"


def test_a_worker_is_woken_once_it_is_committed(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    endpoint = factories.endpoint()
    row = factories.delivery(endpoint, state=State.FAILED)
    with django_capture_on_commit_callbacks() as callbacks:
        replays.replay(row, actor="test")
        replays.test(endpoint, actor="test")
        everything(endpoint)
    assert callbacks == [services.wake] * 3
