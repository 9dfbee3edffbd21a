"""The circuit breaker: doubt, rest, recovery, and the end after five days."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from foundation import http
from moderation.audit.models import Entry
from moderation.webhooks import claims, delivery, health, outcomes
from moderation.webhooks.models import Delivery, Endpoint, State
from moderation.webhooks.sending import Message, send
from tests.webhooks import factories
from tests.webhooks.receiver import Answer, Receiver

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def fresh(endpoint: Endpoint) -> Endpoint:
    return Endpoint.objects.get(pk=endpoint.pk)


def fail(endpoint: Endpoint, times: int = 1) -> bool:
    return [health.failed(fresh(endpoint)) for _ in range(times)][-1]


@pytest.mark.parametrize(
    ("failures", "seconds"), [(5, 10), (6, 20), (7, 40), (8, 80), (9, 160), (10, 300), (11, 300), (10_000, 300)]
)
def test_each_rest_is_twice_the_last_and_at_most_five_minutes(failures: int, seconds: int) -> None:
    rests = [health.rest_after(failures) for _ in range(100)]
    lengths = [rest.total_seconds() for rest in rests if rest]
    assert len(lengths) == 100
    assert seconds <= min(lengths) < max(lengths) <= seconds * 1.1


@pytest.mark.parametrize("failures", [0, 1, 4])
def test_a_few_failures_bring_no_rest(failures: int) -> None:
    assert health.rest_after(failures) is None


def test_failures_are_counted_from_the_first_since_a_success() -> None:
    endpoint = factories.endpoint()
    before = timezone.now()
    fail(endpoint, 2)
    first = fresh(endpoint).failing_since
    fail(endpoint)
    found = fresh(endpoint)
    assert (found.failures, found.failing_since, found.resting_until) == (3, first, None)
    assert first is not None
    assert before <= first <= timezone.now()


def test_a_success_forgets_them() -> None:
    endpoint = factories.endpoint()
    fail(endpoint, 6)
    assert health.state(fresh(endpoint)) == "resting"
    health.succeeded([endpoint.pk])
    found = fresh(endpoint)
    assert (found.failures, found.failing_since, found.resting_until) == (0, None, None)
    assert health.state(found) == "healthy"


def test_the_state_is_told_in_a_word() -> None:
    endpoint = factories.endpoint()
    assert health.state(endpoint) == "healthy"
    fail(endpoint)
    assert health.state(fresh(endpoint)) == "failing"
    Endpoint.objects.update(resting_until=timezone.now() - SECOND)
    assert health.state(fresh(endpoint)) == "failing"
    Endpoint.objects.update(enabled=False)
    assert health.state(fresh(endpoint)) == "disabled"


def test_an_endpoint_in_doubt_is_asked_one_delivery_at_a_time() -> None:
    endpoint = factories.endpoint(failures=1)
    rows = [factories.delivery(endpoint) for _ in range(3)]
    assert claims.claim(10) == []
    (claimed,) = claims.claim(10, in_doubt=True)
    assert claimed.pk == rows[0].pk
    assert claims.claim(10, in_doubt=True) == []


def test_a_resting_endpoint_is_left_alone_until_its_rest_is_over() -> None:
    endpoint = factories.endpoint(failures=5, resting_until=timezone.now() + 10 * SECOND)
    factories.delivery(endpoint)
    assert claims.claim(10) == claims.claim(10, in_doubt=True) == []
    assert not claims.claimable(timezone.now()).exists()
    assert claims.claimable(timezone.now() + 11 * SECOND).exists()
    Endpoint.objects.update(resting_until=timezone.now() - SECOND)
    assert len(claims.claim(10, in_doubt=True)) == 1


def test_a_healthy_endpoint_is_not_in_the_lane_of_doubt() -> None:
    factories.delivery(factories.endpoint())
    assert claims.claim(10, in_doubt=True) == []
    assert len(claims.claim(10)) == 1


def test_what_waits_for_a_dead_endpoint_keeps_its_attempts(hooks: Receiver) -> None:
    hooks.say(Answer(503))
    endpoint = factories.endpoint(hooks.url)
    for _ in range(50):
        factories.delivery(endpoint)
    delivery.deliver_due()
    found = fresh(endpoint)
    assert 5 <= len(hooks.received) == found.failures <= 8
    assert Delivery.objects.filter(attempts=0, state=State.PENDING).count() == 50 - len(hooks.received)
    assert found.resting_until is not None
    assert delivery.deliver_due() == 0


def test_the_first_answer_after_a_rest_lets_all_the_others_go(hooks: Receiver) -> None:
    endpoint = factories.endpoint(hooks.url, failures=9, failing_since=timezone.now(), resting_until=timezone.now())
    for _ in range(20):
        factories.delivery(endpoint)
    assert delivery.deliver_due() == 20
    assert endpoint.deliveries.filter(state=State.DELIVERED).count() == 20
    assert (fresh(endpoint).failures, fresh(endpoint).resting_until) == (0, None)


def test_endpoints_in_doubt_hold_a_quarter_of_the_senders_at_most(
    hooks: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_TIMEOUT = timedelta(seconds=4)
    monkeypatch.setattr(delivery, "SENDERS", 8)
    monkeypatch.setattr(delivery, "DOUBTFUL", 2)
    monkeypatch.setattr(delivery, "TURN", 2.0)
    hooks.answer = lambda got: Answer(200, pause=2.5 if got.path == "/dead" else 0)
    for _ in range(6):
        factories.delivery(factories.endpoint(f"{hooks.url}/dead", failures=1))
    healthy = factories.endpoint(f"{hooks.url}/healthy")
    for _ in range(12):
        factories.delivery(healthy)
    started = time.monotonic()
    delivery.deliver_due()
    assert len(hooks.at("/dead")) == 2
    assert len(hooks.at("/healthy")) == 12
    assert max(got.at for got in hooks.at("/healthy")) - started < 2.5


def test_five_days_of_failures_disable_it_and_fail_what_waits(hooks: Receiver) -> None:
    hooks.say(Answer(500))
    since = timezone.now() - timedelta(days=5)
    endpoint = factories.endpoint(hooks.url, failures=40, failing_since=since)
    rows = [factories.delivery(endpoint) for _ in range(3)]
    assert delivery.deliver_due() == 1
    found = fresh(endpoint)
    assert (found.enabled, found.disabled_reason) == (False, "Every attempt failed for 5 days.")
    assert found.disabled_at is not None
    assert set(Delivery.objects.filter(pk__in=[row.pk for row in rows]).values_list("state", flat=True)) == {"failed"}
    entry = Entry.objects.get(action="endpoint.disabled")
    assert (entry.actor, entry.object_id) == ("system", endpoint.pk)


def test_a_moment_less_does_not(hooks: Receiver) -> None:
    hooks.say(Answer(500))
    since = timezone.now() - timedelta(days=5) + timedelta(minutes=1)
    endpoint = factories.endpoint(hooks.url, failures=40, failing_since=since)
    factories.delivery(endpoint)
    delivery.deliver_due()
    assert (fresh(endpoint).enabled, fresh(endpoint).failures) == (True, 41)


def test_one_success_in_five_days_keeps_it(hooks: Receiver) -> None:
    hooks.say(Answer(200), Answer(500))
    endpoint = factories.endpoint(hooks.url, failures=1, failing_since=timezone.now() - timedelta(days=6))
    factories.delivery(endpoint)
    delivery.deliver_due()
    factories.delivery(endpoint)
    delivery.deliver_due()
    found = fresh(endpoint)
    assert (found.enabled, found.failures) == (True, 1)
    assert timezone.now() - (found.failing_since or timezone.now()) < timedelta(minutes=1)


def test_a_worker_that_dies_is_not_the_endpoints_failure() -> None:
    endpoint = factories.endpoint()
    factories.delivery(endpoint)
    claims.claim(1)
    Delivery.objects.update(leased_until=timezone.now() - SECOND)
    assert delivery.sweep() == 1
    assert (fresh(endpoint).failures, fresh(endpoint).failing_since) == (0, None)


def test_a_late_outcome_of_a_lost_claim_is_not_counted(hooks: Receiver) -> None:
    hooks.say(Answer(500))
    endpoint = factories.endpoint(hooks.url)
    factories.delivery(endpoint)
    (claimed,) = claims.claim(1)
    Delivery.objects.update(token=None, leased_until=None)
    outcome = send(Message.of(claimed), http.Client(["127.0.0.0/8"]), timedelta(seconds=3))
    assert outcomes.record([(claimed, outcome)]) == 0
    assert fresh(endpoint).failures == 0
