"""The outbox: told once, to everyone, not before its time and never when it was taken back."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from moderation.events import consumers, services
from moderation.events.models import Event
from tests.factories import ClientFactory, EventFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    monkeypatch.setattr(consumers, "_consumers", {})
    consumers.register("test", lambda event: told.append(event.pk))
    return told


def test_due_event_is_told_once(heard: list[str]) -> None:
    event = EventFactory.create()

    assert services.dispatch_due() == 1
    assert services.dispatch_due() == 0
    assert heard == [event.pk]


def test_held_event_waits_for_its_time(heard: list[str]) -> None:
    event = EventFactory.create(not_before=timezone.now() + timedelta(seconds=30))

    assert services.dispatch_due() == 0
    Event.objects.update(not_before=timezone.now())
    assert services.dispatch_due() == 1
    assert heard == [event.pk]


def test_retracted_event_is_never_told(heard: list[str]) -> None:
    event = EventFactory.create()

    assert services.retract(event.pk) is True
    assert services.dispatch_due() == 0
    assert heard == []


def test_told_event_cannot_be_retracted(heard: list[str]) -> None:
    event = EventFactory.create()
    services.dispatch_due()

    assert services.retract(event.pk) is False
    assert services.retract("evt_unknown") is False
    assert Event.objects.get().retracted_at is None


def test_consumer_that_fails_leaves_the_event_for_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    written = ClientFactory.create()

    def fail(_: Event) -> None:
        ClientFactory.create(slug="half-done")
        raise ValueError("no")

    monkeypatch.setattr(consumers, "_consumers", {})
    consumers.register("test", fail)
    EventFactory.create(client=written)

    assert services.dispatch_due() == 0

    assert Event.objects.get().dispatched_at is None
    assert not type(written).objects.filter(slug="half-done").exists()


def test_event_that_a_consumer_fails_on_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good, later = EventFactory.create_batch(3)
    told: list[str] = []

    def consume(event: Event) -> None:
        if event.pk == bad.pk:
            raise ValueError("no")
        told.append(event.pk)

    monkeypatch.setattr(consumers, "_consumers", {})
    consumers.register("test", consume)

    assert services.dispatch_due() == 2
    assert services.dispatch_due() == 0

    assert told == [good.pk, later.pk]
    assert [event.pk for event in Event.objects.filter(dispatched_at=None)] == [bad.pk]


def test_event_dies_with_the_transaction_of_its_fact() -> None:
    client = ClientFactory.create()

    @transaction.atomic
    def fail_after_recording() -> None:
        services.record(client, "ping", "sub_1", {})
        raise ValueError("rolled back")

    with pytest.raises(ValueError, match="rolled back"):
        fail_after_recording()

    assert not Event.objects.exists()


def test_body_has_type_time_and_data() -> None:
    event = services.record(ClientFactory.create(), "ping", "sub_1", {"a": 1})

    assert event.body["type"] == "ping"
    assert event.body["data"] == {"a": 1}
    assert event.body["timestamp"].endswith("Z")


def test_events_are_handed_on_together() -> None:
    client = ClientFactory.create()
    made = EventFactory.create_batch(3, client=client)
    heard: list[list[str]] = []
    with consumers_of(lambda events: heard.append([event.pk for event in events])):
        assert services.dispatch_due() == 3
    assert heard == [[event.pk for event in made]]


def test_no_more_than_the_limit_is_taken_at_once() -> None:
    EventFactory.create_batch(3)
    heard: list[int] = []
    with consumers_of(lambda events: heard.append(len(events))):
        assert [services.dispatch_due(2), services.dispatch_due(2)] == [2, 1]
    assert heard == [2, 1]


def test_after_a_failure_each_event_is_handed_on_alone() -> None:
    made = EventFactory.create_batch(3)
    heard: list[list[str]] = []

    def consume(events: Sequence[Event]) -> None:
        heard.append([event.pk for event in events])
        if made[1] in events:
            raise ValueError("no")

    with consumers_of(consume):
        assert services.dispatch_due() == 2
    each = [[event.pk] for event in made]
    assert heard == [[event.pk for event in made], *each]
    assert Event.objects.get(dispatched_at=None).pk == made[1].pk


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_being_handed_on_cannot_be_retracted_and_nobody_waits() -> None:
    event = EventFactory.create()
    results: list[bool] = []

    def retract() -> None:
        results.append(services.retract(event.pk))
        connection.close()

    def consume(_: Sequence[Event]) -> None:
        other = threading.Thread(target=retract)
        other.start()
        other.join(5)

    with consumers_of(consume):
        assert services.dispatch_due() == 1
    assert results == [False]
    event.refresh_from_db()
    assert event.dispatched_at is not None
    assert event.retracted_at is None


@contextmanager
def consumers_of(consume: consumers.BatchConsumer) -> Iterator[None]:
    """Have ``consume`` hear of events in place of everyone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(consumers, "_consumers", {})
        consumers.register_batch("test", consume)
        yield
