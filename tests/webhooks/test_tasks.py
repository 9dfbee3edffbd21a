import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from assay.celery import app
from moderation.webhooks import delivery, tasks
from moderation.webhooks.models import Delivery, State
from tests.webhooks import factories
from tests.webhooks.receiver import Receiver

pytestmark = pytest.mark.django_db


def waiting_nudges() -> int:
    with app.connection_for_write() as connection:
        channel: Any = connection.default_channel
        return int(channel.client.llen("webhooks"))


def nudges_after(before: int) -> int:
    """Return how many nudges arrived since ``before``; they leave from a thread."""
    deadline = time.monotonic() + 3
    while waiting_nudges() == before and time.monotonic() < deadline:
        time.sleep(0.05)
    return waiting_nudges() - before


@pytest.mark.parametrize("name", ["webhooks.deliver", "webhooks.sweep"])
def test_the_tasks_go_to_the_webhooks_queue_under_their_names(name: str) -> None:
    assert name in app.tasks
    assert app.amqp.router.route({}, name)["queue"].name == "webhooks"


def test_beat_sweeps_every_two_seconds() -> None:
    entries = settings.CELERY_BEAT_SCHEDULE.values()
    assert [entry["schedule"] for entry in entries if entry["task"] == "webhooks.sweep"] == [2.0]


def test_running_a_task_twice_sends_once(hooks: Receiver) -> None:
    factories.delivery(factories.endpoint(hooks.url))
    for _ in range(2):
        tasks.deliver()
        tasks.sweep()
    assert len(hooks.received) == 1
    assert Delivery.objects.get().state == State.DELIVERED


def test_the_sweep_wakes_a_worker_while_anything_is_due() -> None:
    factories.delivery(factories.endpoint())
    before = waiting_nudges()
    delivery.sweep()
    assert nudges_after(before) == 1


def test_the_sweep_wakes_nobody_for_what_is_not_due_or_disabled() -> None:
    factories.delivery(factories.endpoint(), next_at=timezone.now() + timedelta(minutes=5))
    factories.delivery(factories.endpoint(enabled=False))
    factories.delivery(factories.endpoint(), state=State.DELIVERED)
    before = waiting_nudges()
    delivery.sweep()
    time.sleep(0.5)
    assert waiting_nudges() == before
