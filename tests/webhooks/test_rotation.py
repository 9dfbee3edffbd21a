"""Two secrets at once: whoever has either can verify, and after the overlap only one."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from standardwebhooks import Webhook, WebhookVerificationError

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.webhooks import delivery
from moderation.webhooks.models import Endpoint
from moderation.webhooks.rotation import rotate_secret
from tests.webhooks import factories
from tests.webhooks.receiver import Received, Receiver

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
START = datetime(2026, 11, 21, 9, tzinfo=UTC)


def rotated(endpoint: Endpoint, overlap: timedelta = HOUR) -> str:
    return rotate_secret(endpoint, overlap=overlap, actor="key_1").secret


def verifies(secret: str, got: Received) -> bool:
    try:
        Webhook(secret).verify(got.body, got.headers)
    except WebhookVerificationError:
        return False
    return True


def told(endpoint: Endpoint, hooks: Receiver) -> Received:
    factories.delivery(endpoint)
    delivery.deliver_due()
    return hooks.received[-1]


def test_during_the_overlap_both_secrets_verify(hooks: Receiver) -> None:
    endpoint = factories.endpoint(hooks.url)
    new = rotated(endpoint)
    got = told(endpoint, hooks)
    assert len(got.headers["webhook-signature"].split(" ")) == 2
    assert verifies(new, got)
    assert verifies(endpoint.secret, got)


def test_after_it_only_the_new_one_does(hooks: Receiver) -> None:
    endpoint = factories.endpoint(hooks.url)
    new = rotated(endpoint)
    Endpoint.objects.update(retiring=[{"secret": endpoint.secret, "until": "2026-01-01T00:00:00.000000Z"}])
    got = told(endpoint, hooks)
    assert len(got.headers["webhook-signature"].split(" ")) == 1
    assert verifies(new, got)
    assert not verifies(endpoint.secret, got)


def test_without_an_overlap_every_old_one_ends_at_once() -> None:
    endpoint = factories.endpoint()
    rotated(endpoint)
    new = rotated(endpoint, timedelta(0))
    endpoint.refresh_from_db()
    assert (endpoint.secrets(), endpoint.retiring) == ([new], [])


def test_the_overlap_ends_to_the_second() -> None:
    with time_machine.travel(START, tick=False) as clock:
        endpoint = factories.endpoint()
        old = endpoint.secret
        new = rotated(endpoint)
        endpoint.refresh_from_db()
        clock.move_to(START + HOUR - timedelta(seconds=1))
        assert endpoint.secrets() == [new, old]
        clock.move_to(START + HOUR)
        assert endpoint.secrets() == [new]


def test_a_second_rotation_keeps_the_first_secret_for_its_own_time() -> None:
    with time_machine.travel(START, tick=False) as clock:
        endpoint = factories.endpoint()
        first = endpoint.secret
        second = rotated(endpoint)
        clock.move_to(START + HOUR / 2)
        third = rotated(endpoint)
        endpoint.refresh_from_db()
        assert endpoint.secrets() == [third, second, first]
        clock.move_to(START + HOUR)
        assert endpoint.secrets() == [third, second]


def test_too_many_overlapping_secrets_are_refused_and_change_nothing() -> None:
    endpoint = factories.endpoint()
    for _ in range(4):
        rotated(endpoint)
    endpoint.refresh_from_db()
    before = endpoint.secrets()
    with pytest.raises(Problem, match="conflict"):
        rotated(endpoint)
    endpoint.refresh_from_db()
    assert endpoint.secrets() == before
    assert len(before) == 5
    assert Entry.objects.count() == 4


def test_rotations_are_logged_without_a_secret() -> None:
    endpoint = factories.endpoint()
    new = rotated(endpoint)
    entry = Entry.objects.get()
    assert (entry.actor, entry.action, entry.data) == (
        "key_1",
        "endpoint.secret_rotated",
        {"overlap_seconds": 3600},
    )
    assert new not in str(entry.data)
