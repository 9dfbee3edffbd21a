from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from moderation.events import services as events
from moderation.events.consumers import everyone
from moderation.webhooks import services
from moderation.webhooks.models import Delivery, State
from tests.factories import ClientFactory
from tests.webhooks import factories

pytestmark = pytest.mark.django_db


def test_the_app_registered_itself_as_a_consumer() -> None:
    assert services.fan_out in everyone()


def test_every_endpoint_of_the_client_gets_a_delivery_that_is_due() -> None:
    first = factories.endpoint()
    second = factories.endpoint(client=first.client)
    event = factories.event(first)
    services.fan_out([event])
    rows = Delivery.objects.filter(event=event)
    assert {row.endpoint_id for row in rows} == {first.pk, second.pk}
    assert {(row.state, row.attempts, row.token) for row in rows} == {(State.PENDING, 0, None)}
    assert all(row.pk.startswith("dlv_") and row.next_at <= timezone.now() for row in rows)


def test_another_clients_endpoint_hears_nothing() -> None:
    mine, theirs = factories.endpoint(), factories.endpoint()
    services.fan_out([factories.event(mine)])
    assert not theirs.deliveries.exists()
    assert mine.deliveries.count() == 1


@pytest.mark.parametrize(
    ("types", "told"),
    [
        ([], True),
        (["submission.analysed"], True),
        (["verdict.revised", "submission.analysed"], True),
        (["verdict.revised"], False),
        (["submission.failed", "ping"], False),
    ],
)
def test_an_endpoint_hears_the_types_that_it_chose(types: list[str], told: bool) -> None:
    endpoint = factories.endpoint(event_types=types)
    services.fan_out([factories.event(endpoint, type="submission.analysed")])
    assert endpoint.deliveries.exists() is told


def test_a_disabled_endpoint_and_a_closed_client_hear_nothing() -> None:
    disabled = factories.endpoint(enabled=False)
    closed = factories.endpoint(client=ClientFactory.create(is_active=False))
    services.fan_out([factories.event(disabled)])
    services.fan_out([factories.event(closed)])
    assert not Delivery.objects.exists()


def test_an_event_that_is_handed_on_twice_is_delivered_once() -> None:
    endpoint = factories.endpoint()
    event = factories.event(endpoint)
    services.fan_out([event])
    services.fan_out([event])
    assert endpoint.deliveries.count() == 1


def test_the_worker_is_woken_once_the_deliveries_are_committed(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    endpoint = factories.endpoint()
    with django_capture_on_commit_callbacks() as callbacks:
        services.fan_out([factories.event(endpoint)])
        services.fan_out([factories.event(factories.endpoint(enabled=False))])
    assert callbacks == [services.wake]


def test_the_dispatcher_hands_an_event_to_the_endpoints() -> None:
    endpoint = factories.endpoint()
    event = events.record(endpoint.client, "verdict.revised", "sub_1", {"id": "sub_1"})
    assert events.dispatch_due() == 1
    assert list(endpoint.deliveries.values_list("event_id", flat=True)) == [event.pk]


def test_an_event_that_is_held_back_or_retracted_sends_nothing() -> None:
    endpoint = factories.endpoint()
    later = timezone.now() + timedelta(seconds=30)
    events.record(endpoint.client, "verdict.revised", "sub_1", {}, not_before=later)
    soon = timezone.now() - timedelta(seconds=1)
    taken_back = events.record(endpoint.client, "verdict.revised", "sub_2", {}, not_before=soon)
    assert events.retract(taken_back.pk)
    assert events.dispatch_due() == 0
    assert not Delivery.objects.exists()
