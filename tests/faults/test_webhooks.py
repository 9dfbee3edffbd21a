"""Deliveries through real couriers that are really killed: the receiver is told at least once, under one id."""

import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis as redis_client
from django.db import transaction
from django.utils import timezone
from standardwebhooks import Webhook

from moderation.events import services as events
from moderation.events.models import Event
from moderation.webhooks.models import Delivery, Endpoint, State
from tests.stack import Stack, running, until
from tests.webhooks import factories, receiver
from tests.webhooks.receiver import Answer, Receiver

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running(tmp_path, "courier", "beat") as started:
        yield started


@pytest.fixture
def hooks() -> Iterator[Receiver]:
    with receiver.running() as started:
        yield started


def tell(endpoint: Endpoint, subject: str = "sub_1") -> Event:
    with transaction.atomic():
        return events.record(endpoint.client, "submission.analysed", subject, {"id": subject})


def all_delivered(count: int) -> bool:
    return Delivery.objects.filter(state=State.DELIVERED).count() == count


def test_a_fact_reaches_the_receiver_signed_through_dispatcher_and_courier(stack: Stack, hooks: Receiver) -> None:
    endpoint = factories.endpoint(hooks.url)
    event = tell(endpoint)
    until(lambda: all_delivered(1), "it is delivered")
    (got,) = hooks.received
    assert got.headers["webhook-id"] == event.pk
    assert Webhook(endpoint.secret).verify(got.body, got.headers) == event.body
    until(
        lambda: any(
            line.get("submission") == "sub_1" and line["event"] == "webhook_attempt"
            for line in stack.log_lines("courier")
        ),
        "the courier's log names the submission",
    )
    assert endpoint.secret not in stack.logs()


def test_a_courier_killed_between_send_and_record_sends_again_under_the_same_id(stack: Stack, hooks: Receiver) -> None:
    hooks.answer = lambda _: Answer(200, pause=3 if len(hooks.received) == 1 else 0)
    event = tell(factories.endpoint(hooks.url))
    until(lambda: len(hooks.received) == 1, "the first attempt arrives")

    stack.kill("courier")
    Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    stack.start("courier")
    until(lambda: all_delivered(1), "it is delivered")

    assert [got.headers["webhook-id"] for got in hooks.received] == [event.pk, event.pk]
    assert list(Delivery.objects.get().tries.values_list("number", "status_code")) == [(1, None), (2, 200)]


def test_an_emptied_redis_loses_no_delivery_and_doubles_none(stack: Stack, hooks: Receiver) -> None:
    endpoint = factories.endpoint(hooks.url)
    stack.signal("courier", signal.SIGSTOP)
    told = {tell(endpoint, f"sub_{number}").pk for number in range(10)}

    redis_client.Redis.from_url(stack.redis.addresses.cache_url).flushall()
    stack.signal("courier", signal.SIGCONT)
    until(lambda: all_delivered(10), "all are delivered")

    assert sorted(got.headers["webhook-id"] for got in hooks.received) == sorted(told)
