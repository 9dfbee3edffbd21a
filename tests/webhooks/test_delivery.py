"""From a due row to a receiver and back: what is written down, when it is tried again, and who is disabled."""

import logging
import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client import REGISTRY
from pytest_django.fixtures import Settings
from standardwebhooks import Webhook

from foundation import http
from moderation.audit.models import Entry
from moderation.events import services as events
from moderation.webhooks import claims, delivery, outcomes, schedule, turn
from moderation.webhooks.models import Attempt, Delivery, Endpoint, State
from moderation.webhooks.sending import Message, send
from tests.webhooks import factories
from tests.webhooks.receiver import Answer, Receiver

LOOPBACK = http.Client(["127.0.0.0/8"])
pytestmark = pytest.mark.django_db


def make_due() -> None:
    """Let the time pass until whatever waits is due."""
    Delivery.objects.filter(state=State.PENDING).update(next_at=timezone.now() - timedelta(seconds=1))
    Endpoint.objects.update(resting_until=None)


def wait_of(row: Delivery) -> float:
    """Return the seconds from now until the delivery is tried again."""
    row.refresh_from_db()
    return (row.next_at - timezone.now()).total_seconds()


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("assay_webhook_attempts_total", {"outcome": outcome}) or 0.0


def test_a_recorded_event_arrives_signed_and_is_delivered(hooks: Receiver) -> None:
    endpoint = factories.endpoint(f"{hooks.url}/in")
    event = events.record(endpoint.client, "submission.analysed", "sub_1", {"id": "sub_1", "note": "Grüße"})
    events.dispatch_due()
    assert delivery.deliver_due() == 1
    (got,) = hooks.received
    assert got.headers["webhook-id"] == event.pk
    assert Webhook(endpoint.secret).verify(got.body, got.headers) == event.body
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.token, row.leased_until) == (State.DELIVERED, 1, None, None)
    assert row.delivered_at is not None


def test_the_attempt_is_written_down(hooks: Receiver) -> None:
    hooks.say(Answer(202, b"queued"))
    row = factories.delivery(factories.endpoint(hooks.url))
    delivery.deliver_due()
    attempt = Attempt.objects.get()
    assert (attempt.delivery_id, attempt.number, attempt.status_code) == (row.pk, 1, 202)
    assert (attempt.error, attempt.response_excerpt) == ("", "queued")
    assert 0 <= attempt.milliseconds < 5000


def test_what_was_delivered_is_not_sent_again(hooks: Receiver) -> None:
    factories.delivery(factories.endpoint(hooks.url))
    assert [delivery.deliver_due() for _ in range(3)] == [1, 0, 0]
    assert len(hooks.received) == 1


def test_a_retry_keeps_the_id_and_the_body_and_signs_afresh(hooks: Receiver) -> None:
    hooks.say(Answer(500, b"broken"), Answer(200))
    endpoint = factories.endpoint(hooks.url)
    row = factories.delivery(endpoint)
    delivery.deliver_due()
    assert 4 < wait_of(row) <= 5.5
    assert (row.state, row.attempts) == (State.PENDING, 1)
    assert delivery.deliver_due() == 0
    time.sleep(1.1)
    make_due()
    delivery.deliver_due()
    first, second = hooks.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == row.event_id
    assert first.body == second.body
    assert int(second.headers["webhook-timestamp"]) > int(first.headers["webhook-timestamp"])
    assert second.headers["webhook-signature"] != first.headers["webhook-signature"]
    for got in (first, second):
        assert Webhook(endpoint.secret).verify(got.body, got.headers) == row.event.body
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.DELIVERED, 2)
    assert list(row.tries.values_list("number", "status_code")) == [(1, 500), (2, 200)]


def test_it_is_given_up_after_nine_retries(hooks: Receiver) -> None:
    hooks.say(Answer(500))
    row = factories.delivery(factories.endpoint(hooks.url))
    waits = []
    for _ in range(9):
        delivery.deliver_due()
        waits.append(wait_of(row))
        make_due()
    planned = [wait.total_seconds() for wait in schedule.RETRIES]
    assert all(plan - 2 < wait <= plan * 1.1 for plan, wait in zip(planned, waits, strict=True))
    delivery.deliver_due()
    row.refresh_from_db()
    assert (row.state, row.attempts, row.delivered_at) == (State.FAILED, 10, None)
    make_due()
    assert delivery.deliver_due() == 0
    assert len(hooks.received) == Attempt.objects.count() == 10
    assert Endpoint.objects.get().enabled


def test_gone_disables_the_endpoint_at_once(hooks: Receiver) -> None:
    hooks.answer = lambda got: Answer(410 if got.path == "/" else 200)
    endpoint = factories.endpoint(hooks.url)
    row = factories.delivery(endpoint)
    waiting = factories.delivery(endpoint, next_at=timezone.now() + timedelta(minutes=1))
    bystander = factories.endpoint(f"{hooks.url}/other", client=endpoint.client)
    delivery.deliver_due()
    endpoint.refresh_from_db()
    bystander.refresh_from_db()
    assert (endpoint.enabled, endpoint.disabled_reason) == (False, "The endpoint answered 410 Gone.")
    assert bystander.enabled
    assert set(endpoint.deliveries.values_list("pk", "state")) == {(row.pk, "failed"), (waiting.pk, "failed")}
    assert Attempt.objects.get().status_code == 410
    assert Entry.objects.get().object_id == endpoint.pk
    events.record(endpoint.client, "submission.analysed", "sub_2", {})
    events.dispatch_due()
    make_due()
    delivery.deliver_due()
    assert [got.path for got in hooks.received] == ["/", "/other", "/other"]


@pytest.mark.parametrize(("asked", "low", "high"), [("60", 58, 60), ("999999999", 86_398, 86_400), ("1", 4, 5.5)])
def test_retry_after_is_honoured_up_to_a_day(asked: str, low: float, high: float, hooks: Receiver) -> None:
    hooks.say(Answer(503, headers={"Retry-After": asked}))
    row = factories.delivery(factories.endpoint(hooks.url))
    delivery.deliver_due()
    assert low < wait_of(row) <= high


def test_a_time_out_is_a_failed_attempt(hooks: Receiver, settings: Settings) -> None:
    settings.WEBHOOK_TIMEOUT = timedelta(seconds=0.3)
    hooks.say(Answer(200, pause=2))
    row = factories.delivery(factories.endpoint(hooks.url))
    delivery.deliver_due()
    attempt = Attempt.objects.get()
    assert (attempt.status_code, attempt.error) == (None, "It did not answer in time.")
    assert 4 < wait_of(row) <= 5.5


def test_a_forbidden_address_is_a_failed_attempt_without_a_packet(hooks: Receiver, settings: Settings) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = []
    row = factories.delivery(factories.endpoint(hooks.url))
    delivery.deliver_due()
    assert Attempt.objects.get().error == "Private, local and reserved addresses are not allowed."
    assert wait_of(row) > 4
    assert hooks.received == []


def test_a_reply_of_any_size_and_content_is_kept_to_its_first_kilobyte(hooks: Receiver) -> None:
    hooks.say(Answer(200, b"\x00\xff" + "世".encode() * 1_000_000))
    row = factories.delivery(factories.endpoint(hooks.url))
    delivery.deliver_due()
    excerpt = Attempt.objects.get().response_excerpt
    assert excerpt == "\ufffd\ufffd" + "世" * 340
    row.refresh_from_db()
    assert row.state == State.DELIVERED


def test_a_hanging_endpoint_delays_no_other(
    hooks: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_TIMEOUT = timedelta(seconds=4)
    hooks.answer = lambda got: Answer(200, pause=5 if got.path == "/slow" else 0)
    slow, healthy = factories.endpoint(f"{hooks.url}/slow"), factories.endpoint(f"{hooks.url}/healthy")
    for _ in range(20):
        factories.delivery(slow)
    for _ in range(20):
        factories.delivery(healthy)
    monkeypatch.setattr(delivery, "TURN", 3.0)
    started = time.monotonic()
    delivery.deliver_due()
    assert healthy.deliveries.filter(state=State.DELIVERED).count() == 20
    assert max(got.at for got in hooks.at("/healthy")) - started < 3.2
    assert len(hooks.at("/slow")) == claims.IN_FLIGHT
    assert slow.deliveries.filter(state=State.PENDING, token=None).count() == 20


def test_what_falls_due_while_others_are_under_way_is_not_kept_waiting(hooks: Receiver) -> None:
    hooks.answer = lambda got: Answer(200, pause=2 if got.path == "/slow" else 0)
    slow, healthy = factories.endpoint(f"{hooks.url}/slow"), factories.endpoint(f"{hooks.url}/healthy")
    factories.delivery(slow)
    factories.delivery(healthy, next_at=timezone.now() + timedelta(seconds=0.7))
    started = time.monotonic()
    assert delivery.deliver_due() == 2
    assert 0.6 < hooks.at("/healthy")[0].at - started < 1.5


def test_a_second_call_in_the_same_process_leaves_the_work_to_the_first(hooks: Receiver) -> None:
    factories.delivery(factories.endpoint(hooks.url))
    results: list[int] = []
    assert turn.of_this_process.take()
    try:
        other = threading.Thread(target=lambda: results.append(delivery.deliver_due()))
        other.start()
        other.join()
    finally:
        turn.of_this_process.end()
    assert results == [0]
    assert hooks.received == []
    assert delivery.deliver_due() == 1


def test_a_worker_killed_between_send_and_record_sends_again_with_the_same_id(hooks: Receiver) -> None:
    endpoint = factories.endpoint(hooks.url)
    row = factories.delivery(endpoint)
    (claimed,) = claims.claim(1)
    send(Message.of(claimed), LOOPBACK, timedelta(seconds=3))
    assert delivery.sweep() == 0
    Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert delivery.sweep() == 1
    assert delivery.deliver_due() == 1
    first, second = hooks.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == row.event_id
    assert Webhook(endpoint.secret).verify(second.body, second.headers) == row.event.body
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.DELIVERED, 2)
    said = list(row.tries.values_list("number", "status_code", "error"))
    assert said == [(1, None, "The worker stopped before the answer was noted."), (2, 200, "")]


def test_a_worker_that_comes_back_after_its_lease_changes_nothing(hooks: Receiver) -> None:
    hooks.say(Answer(500))
    factories.delivery(factories.endpoint(hooks.url))
    (claimed,) = claims.claim(1)
    late = send(Message.of(claimed), LOOPBACK, timedelta(seconds=3))
    Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    delivery.sweep()
    hooks.say(Answer(200))
    delivery.deliver_due()
    before = list(Attempt.objects.values_list("number", "status_code"))
    assert outcomes.record([(claimed, late)]) == 0
    assert Delivery.objects.get().state == State.DELIVERED
    assert list(Attempt.objects.values_list("number", "status_code")) == before == [(1, None), (2, 200)]


def test_a_worker_that_dies_every_time_does_not_send_for_ever(hooks: Receiver) -> None:
    factories.delivery(factories.endpoint(hooks.url), attempts=9)
    claims.claim(1)
    Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert delivery.sweep() == 1
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.token) == (State.FAILED, 10, None)
    assert delivery.sweep() == 0


def test_an_endpoint_that_was_disabled_meanwhile_is_not_tried_again(hooks: Receiver) -> None:
    endpoint = factories.endpoint(hooks.url)
    row = factories.delivery(endpoint)
    hooks.say(Answer(500))
    (claimed,) = claims.claim(1)
    outcome = send(Message.of(claimed), LOOPBACK, timedelta(seconds=3))
    Endpoint.objects.update(enabled=False)
    assert outcomes.record([(claimed, outcome)]) == 1
    row.refresh_from_db()
    assert row.state == State.FAILED


def test_every_attempt_is_logged_with_the_submission_and_without_the_secret(
    hooks: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    hooks.say(Answer(410, b"no"))
    endpoint = factories.endpoint(f"{hooks.url}/in?token=t0p", headers={"X-Token": "t0p"})
    row = factories.delivery(endpoint, factories.event(endpoint, subject="sub_77"))
    with caplog.at_level(logging.DEBUG):
        delivery.deliver_due()
    lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    (line,) = [line for line in lines if line["event"] == "webhook_attempt"]
    assert (line["submission"], line["event_id"], line["delivery"]) == ("sub_77", row.event_id, row.pk)
    assert (line["attempt"], line["status"], line["endpoint"]) == (1, 410, endpoint.pk)
    written = " ".join(str(record.msg) + record.getMessage() for record in caplog.records)
    assert endpoint.secret not in written
    assert "t0p" not in written


def test_attempts_are_counted(hooks: Receiver) -> None:
    before = counted("delivered"), counted("failed")
    hooks.say(Answer(500), Answer(200))
    factories.delivery(factories.endpoint(hooks.url))
    delivery.deliver_due()
    make_due()
    delivery.deliver_due()
    assert (counted("delivered") - before[0], counted("failed") - before[1]) == (1, 1)
