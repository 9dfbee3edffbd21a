"""Real processes, really killed: nothing is lost and nothing is judged twice."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import redis as redis_client

from assay.celery import app
from moderation.events.models import Event
from moderation.intake.models import State, Submission, Work
from moderation.verdicts.models import Finding, Verdict
from tests.factories import picture
from tests.stack import Stack, running, until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
EACH = ["edited", "general"]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running(tmp_path, "web", "courier", "beat") as started:
        yield started


def send(stack: Stack, count: int) -> list[str]:
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda shade: stack.submit(picture(96, 96, shade=shade)), range(count)))


def all_finished(ids: list[str]) -> bool:
    return Submission.objects.filter(pk__in=ids, state=State.ANALYSED).count() == len(ids)


def assert_judged_exactly_once(ids: list[str]) -> None:
    for one in ids:
        assert Verdict.objects.filter(submission=one).count() == 1
        assert sorted(Finding.objects.filter(submission=one).values_list("role", flat=True)) == EACH
        assert Event.objects.filter(subject=one, type="submission.analysed").count() == 1
    assert Work.objects.filter(submission__in=ids, done_at=None).count() == 0


def test_worker_killed_in_the_middle_of_a_batch_loses_and_doubles_nothing(stack: Stack) -> None:
    ids = send(stack, 12)
    stack.start("worker")
    until(lambda: Submission.objects.filter(state=State.ANALYSING).exists(), "a batch is claimed")

    stack.kill("worker")
    held = Work.objects.filter(done_at=None).exclude(token=None).count()
    stack.start("worker")
    until(lambda: all_finished(ids), "all are judged")

    assert held > 0
    assert_judged_exactly_once(ids)
    assert Work.objects.filter(attempts=2).count() == held


def test_emptied_redis_loses_nothing(stack: Stack) -> None:
    stack.start("worker")
    first = stack.submit(picture())
    until(lambda: all_finished([first]), "the worker works")
    stack.signal("worker", signal.SIGSTOP)
    ids = send(stack, 3)

    redis_client.Redis.from_url(stack.redis.addresses.cache_url).flushall()
    stack.signal("worker", signal.SIGCONT)
    until(lambda: all_finished(ids), "all are judged")

    assert_judged_exactly_once(ids)


def test_nudges_delivered_many_times_to_two_workers_judge_nothing_twice(stack: Stack, tmp_path: Path) -> None:
    ids = send(stack, 8)
    with app.connection_for_write(stack.redis.addresses.redis_url) as broker:
        for _ in range(10):
            app.send_task("analysis.analyse", queue="analysis", connection=broker)

    second = stack.programs["worker"]
    patient = {**(second._env or {}), "ASSAY_ANALYSIS_LEASE_SECONDS": "60"}  # a crowded machine may need more than four
    second._env = patient
    stack.start("worker")
    twin = type(second)(
        "twin",
        [part.replace("worker@", "twin@") for part in second.command],
        tmp_path / "log/twin.log",
        env=patient,
    )
    twin.start()
    try:
        until(lambda: all_finished(ids), "all are judged")
    finally:
        twin.stop()

    assert_judged_exactly_once(ids)
    assert set(Work.objects.values_list("attempts", flat=True)) == {1}


def test_submission_is_accepted_within_a_second_while_redis_is_down_and_judged_later(stack: Stack) -> None:
    stack.start("worker")
    stack.submit(picture(shade=1))
    stack.redis.stop()

    started = time.monotonic()
    during = stack.submit(picture(shade=2))
    took = time.monotonic() - started

    assert took < 1.0
    stack.redis.start()
    until(lambda: all_finished([during]), "it is judged after the restart")
    assert_judged_exactly_once([during])


def test_image_that_always_kills_its_worker_fails_and_harms_no_other(stack: Stack) -> None:
    ids = send(stack, 3)
    Work.objects.filter(submission=ids[0]).update(
        attempts=3, token=os.urandom(16).hex(), leased_until="2020-01-01T00:00Z"
    )

    until(lambda: Submission.objects.get(pk=ids[0]).state == State.FAILED, "the sweep gives up")
    stack.start("worker")
    until(lambda: all_finished(ids[1:]), "the others are judged")

    document = stack.document(ids[0])
    assert document["failure"]["code"] == "internal"
    assert document["verdict"] is None
    assert_judged_exactly_once(ids[1:])


def test_log_names_the_submission_from_request_to_verdict(stack: Stack) -> None:
    stack.start("worker")
    one = stack.submit(picture())
    until(lambda: all_finished([one]), "it is judged")

    web = [line for line in stack.log_lines("web") if line.get("submission") == one]
    assert [line["event"] for line in web] == ["submission_accepted"]
    assert web[0]["request_id"].startswith("req_")
    assert any(line["event"] == "verdict_given" and line["submission"] == one for line in stack.log_lines("worker"))
    until(
        lambda: any(line.get("submission") == one for line in stack.log_lines("courier")),
        "the dispatcher's log names it",
    )


def test_readyz_tells_whether_a_worker_was_seen(stack: Stack) -> None:
    assert httpx.get(f"{stack.site}/readyz").status_code == 503
    stack.start("worker")

    until(lambda: httpx.get(f"{stack.site}/readyz").status_code == 200, "the worker was seen", patience=25)


def test_worker_that_is_asked_to_stop_ends_after_its_batch_and_leaves_the_rest(stack: Stack) -> None:
    ids = send(stack, 40)
    stack.start("worker")
    until(lambda: Submission.objects.filter(state=State.ANALYSED).exists(), "a batch is done")

    stack.programs["worker"].ask_to_stop()
    process = stack.programs["worker"].process
    assert process is not None
    process.wait(20)

    done = Submission.objects.filter(state=State.ANALYSED).count()
    assert process.returncode == 0
    assert 0 < done < len(ids)
    assert Submission.objects.filter(state=State.ANALYSING).count() == 0
