"""/metrics: who may read them, and what they say of the queues."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from foundation import metrics
from moderation.analysis.models import WorkerSeen
from moderation.intake.models import Priority, Purpose
from moderation.review.models import Case, CaseReason, CaseState
from moderation.webhooks.models import Delivery, Endpoint, State
from tests.factories import ClientFactory, EventFactory, SubmissionFactory, WorkFactory

pytestmark = [pytest.mark.integration, pytest.mark.django_db]
TOKEN = "a-token-for-the-scraper"


def samples(client: Client, **headers: Any) -> dict[str, float]:
    """Return every sample as ``name{label="value"}``, as Prometheus' own parser reads the answer."""
    answer = client.get("/metrics", **headers)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {_named(sample.name, sample.labels): sample.value for family in families for sample in family.samples}


def _named(name: str, labels: dict[str, str]) -> str:
    inside = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    return f"{name}{{{inside}}}" if inside else name


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "172.18.0.4", "192.168.1.9", "::1", "fd00::7", "::ffff:10.0.0.1"]
)
def test_neighbour_may_read(client: Client, address: str) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "172.32.0.1", "2001:4860:4860::8888", "::ffff:93.184.216.34", "169.254.169.254", "", "not-one"],
)
def test_stranger_may_not_read(client: Client, address: str) -> None:
    answer = client.get("/metrics", REMOTE_ADDR=address)

    assert answer.status_code == 403
    assert b"assay_" not in answer.content


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_request_that_a_neighbour_hands_on_counts_as_a_stranger_s(client: Client, header: str) -> None:
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3", headers={header: "127.0.0.1"}).status_code == 403


def test_token_opens_from_anywhere(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN

    def status(value: str) -> int:
        return client.get("/metrics", REMOTE_ADDR="93.184.216.34", headers={"Authorization": value}).status_code

    assert status(f"Bearer {TOKEN}") == 200
    assert [status(value) for value in (TOKEN, f"Bearer {TOKEN}x", "Bearer ", "")] == [403, 403, 403, 403]


def test_no_token_opens_where_none_is_set(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""

    answer = client.get("/metrics", REMOTE_ADDR="93.184.216.34", headers={"Authorization": "Bearer "})

    assert answer.status_code == 403


def test_empty_installation_has_empty_queues_of_every_priority(client: Client) -> None:
    found = samples(client)

    for priority in ("high", "normal", "low"):
        assert found[f'assay_queue_depth{{priority="{priority}"}}'] == 0
        assert found[f'assay_queue_oldest_seconds{{priority="{priority}"}}'] == 0
    names = ("work_leased", "events_undispatched", "events_held", "deliveries_pending", "cases_open", "workers_seen")
    assert [found[f"assay_{name}"] for name in names] == [0] * 6
    assert found["assay_database_up"] == 1


def test_waiting_work_is_counted_and_aged_by_priority(client: Client) -> None:
    now = timezone.now()
    WorkFactory.create(priority=Priority.HIGH, created_at=now - timedelta(seconds=90))
    WorkFactory.create(priority=Priority.HIGH, created_at=now - timedelta(seconds=30))
    WorkFactory.create(priority=Priority.LOW, created_at=now - timedelta(seconds=5))
    WorkFactory.create(done_at=now)
    WorkFactory.create(token="00000000-0000-0000-0000-000000000001", leased_until=now)

    found = samples(client)

    depth = [found[f'assay_queue_depth{{priority="{one}"}}'] for one in ("high", "normal", "low")]
    assert depth == [2, 0, 1]
    assert found['assay_queue_oldest_seconds{priority="high"}'] == pytest.approx(90, abs=10)
    assert found['assay_queue_oldest_seconds{priority="low"}'] == pytest.approx(5, abs=10)
    assert found["assay_work_leased"] == 1


def test_pictures_to_be_fetched_are_counted_apart(client: Client) -> None:
    WorkFactory.create_batch(2, purpose=Purpose.FETCH)
    WorkFactory.create(purpose=Purpose.FETCH, token="00000000-0000-0000-0000-000000000001", leased_until=timezone.now())
    WorkFactory.create(purpose=Purpose.FETCH, done_at=timezone.now())

    found = samples(client)

    assert found["assay_fetches_waiting"] == 2
    assert found["assay_work_leased"] == 0
    assert found['assay_queue_depth{priority="normal"}'] == 0


def test_events_are_due_or_held_until_they_are_told_or_taken_back(client: Client) -> None:
    now = timezone.now()
    EventFactory.create()
    EventFactory.create(not_before=now + timedelta(minutes=1))
    EventFactory.create(dispatched_at=now)
    EventFactory.create(retracted_at=now)

    found = samples(client)

    assert (found["assay_events_undispatched"], found["assay_events_held"]) == (1, 1)


def test_deliveries_are_pending_whether_claimed_or_not(client: Client) -> None:
    tenant = ClientFactory.create()
    endpoint = Endpoint.objects.create(client=tenant, url="https://hooks.example.com/")
    token = "00000000-0000-0000-0000-000000000001"
    for state, claim in [
        (State.PENDING, None),
        (State.PENDING, token),
        (State.DELIVERED, None),
        (State.FAILED, None),
    ]:
        event = EventFactory.create(client=tenant)
        Delivery.objects.create(client=tenant, event=event, endpoint=endpoint, state=state, token=claim)

    assert samples(client)["assay_deliveries_pending"] == 2


def test_open_cases_and_living_workers_are_counted(client: Client, settings: Any) -> None:
    now = timezone.now()
    for state in (CaseState.OPEN, CaseState.OPEN, CaseState.DECIDED):
        submission = SubmissionFactory.create()
        Case.objects.create(client=submission.client, submission=submission, state=state, reason=CaseReason.POLICY)
    WorkerSeen.objects.create(name="worker@a", device="cpu", seen_at=now)
    WorkerSeen.objects.create(name="worker@b", device="cpu", seen_at=now - settings.WORKER_SEEN_WITHIN * 2)

    found = samples(client)

    assert (found["assay_cases_open"], found["assay_workers_seen"]) == (2, 1)


def test_what_this_process_counted_is_told(client: Client) -> None:
    before = samples(client).get('assay_refusals_total{code="too-large"}', 0)

    metrics.REFUSALS.labels("too-large").inc()

    assert samples(client)['assay_refusals_total{code="too-large"}'] == before + 1


def test_reading_takes_a_handful_of_questions_whatever_there_is(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    WorkFactory.create_batch(3)
    EventFactory.create_batch(3)

    with django_assert_max_num_queries(11):
        samples(client)


@pytest.mark.django_db(transaction=True)
def test_counters_are_told_while_the_database_is_down(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    metrics.BATCH.observe(3)
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", "a-database-that-is-not-there")

    found = samples(client)
    monkeypatch.undo()
    connection.close()

    assert found["assay_database_up"] == 0
    assert 'assay_queue_depth{priority="normal"}' not in found
    assert found["assay_batch_size_count"] >= 1
