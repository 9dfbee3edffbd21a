import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from moderation.webhooks import claims
from moderation.webhooks.models import Delivery, Endpoint, State
from tests.webhooks import factories

pytestmark = pytest.mark.django_db


def several(endpoint: Endpoint, count: int) -> list[Delivery]:
    return [factories.delivery(endpoint) for _ in range(count)]


def test_a_claim_is_a_lease_with_a_token_and_counts_as_an_attempt() -> None:
    delivery = factories.delivery(factories.endpoint())
    before = timezone.now()
    (claimed,) = claims.claim(10)
    assert claimed.pk == delivery.pk
    assert claimed.token is not None
    assert claimed.attempts == 1
    assert claimed.leased_until is not None
    assert before + claims.lease() <= claimed.leased_until <= timezone.now() + claims.lease()
    assert claims.claim(10) == []


def test_the_lease_outlasts_the_longest_attempt(settings: Settings) -> None:
    settings.WEBHOOK_TIMEOUT = timedelta(seconds=15)
    assert claims.lease() == timedelta(seconds=30)
    settings.WEBHOOK_TIMEOUT = timedelta(seconds=40)
    assert claims.lease() == timedelta(seconds=55)


def test_what_is_not_due_closed_or_of_a_disabled_endpoint_is_left_alone() -> None:
    endpoint = factories.endpoint()
    factories.delivery(endpoint, next_at=timezone.now() + timedelta(seconds=5))
    factories.delivery(endpoint, state=State.DELIVERED)
    factories.delivery(endpoint, state=State.FAILED)
    factories.delivery(factories.endpoint(enabled=False))
    assert claims.claim(10) == []


def test_an_endpoint_has_at_most_four_in_flight() -> None:
    slow, healthy = factories.endpoint(), factories.endpoint()
    several(slow, 10)
    waiting = several(healthy, 2)
    claimed = claims.claim(64)
    assert [row.endpoint_id for row in claimed].count(slow.pk) == 4
    assert {row.pk for row in claimed if row.endpoint_id == healthy.pk} == {row.pk for row in waiting}
    assert claims.claim(64) == []
    assert claims.deliver([row for row in claimed if row.endpoint_id == slow.pk][:1])
    assert [row.endpoint_id for row in claims.claim(64)] == [slow.pk]


def test_the_oldest_go_first_and_the_limit_holds() -> None:
    now = timezone.now()
    late, early = factories.endpoint(), factories.endpoint()
    second = factories.delivery(late, next_at=now - timedelta(seconds=10))
    third = factories.delivery(late, next_at=now - timedelta(seconds=5))
    first = factories.delivery(early, next_at=now - timedelta(seconds=20))
    assert [row.pk for row in claims.claim(2)] == [first.pk, second.pk]
    assert [row.pk for row in claims.claim(2)] == [third.pk]
    assert claims.claim(0) == []
    assert claims.claim(-1) == []


def test_only_the_holder_of_the_token_settles() -> None:
    factories.delivery(factories.endpoint())
    (mine,) = claims.claim(1)
    stale = Delivery.objects.get(pk=mine.pk)
    Delivery.objects.filter(pk=mine.pk).update(token=None, leased_until=None)
    (theirs,) = claims.claim(1)
    assert not claims.give_up(stale)
    assert claims.deliver([stale]) == set()
    assert not claims.postpone(stale, timezone.now())
    assert claims.deliver([stale, theirs]) == {theirs.pk}
    assert not claims.give_up(theirs)
    settled = Delivery.objects.get()
    assert (settled.state, settled.token, settled.leased_until) == (State.DELIVERED, None, None)
    assert settled.delivered_at is not None


def test_a_postponed_delivery_waits_for_its_time() -> None:
    factories.delivery(factories.endpoint())
    (claimed,) = claims.claim(1)
    until = timezone.now() + timedelta(minutes=5)
    assert claims.postpone(claimed, until)
    row = Delivery.objects.get()
    assert (row.state, row.next_at, row.token) == (State.PENDING, until, None)
    assert claims.claim(1) == []


def test_a_lease_that_ran_out_is_expired_and_not_simply_claimed_again() -> None:
    factories.delivery(factories.endpoint())
    claims.claim(1)
    assert not claims.expired().exists()
    Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert claims.expired().count() == 1
    assert claims.claim(1) == []


@pytest.mark.django_db(transaction=True)
def test_many_workers_claim_each_delivery_once_and_keep_the_endpoints_limit() -> None:
    slow = factories.endpoint()
    several(slow, 20)
    others = [factories.endpoint(client=slow.client) for _ in range(6)]
    for other in others:
        several(other, 3)
    claimed: list[Delivery] = []
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        for _ in range(6):
            claimed.extend(claims.claim(5))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = [row.pk for row in claimed]
    assert len(keys) == len(set(keys))
    held = Delivery.objects.filter(endpoint=slow, token__isnull=False).count()
    assert held == 4
    assert set(Delivery.objects.filter(pk__in=keys).values_list("attempts", flat=True)) == {1}
