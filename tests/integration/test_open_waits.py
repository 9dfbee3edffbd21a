"""Sixty-four open waits on one web process: it stays lively, asks the database nothing, and wakes each by name."""

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection

from moderation.intake.models import Submission
from moderation.verdicts import services as verdicts
from tests.factories import SubmissionFactory, said
from tests.stack import Stack, running, until

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]
WAITS = 64
PROBES = 200
TABLE = Submission._meta.db_table
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running(tmp_path, "web", ASSAY_WEB_WORKERS="1") as started:
        yield started


def looks() -> int:
    """Return how often anybody looked into the table of submissions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq_scan + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = %s", [TABLE])
        return int(cursor.fetchone()[0])


def is_quiet() -> bool:
    """Say whether nobody looked within two seconds; PostgreSQL publishes its counts within one."""
    before = looks()
    time.sleep(2)
    return looks() == before


def held() -> int:
    """Return how many connections the web process has besides the listening one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> 'assay-listener'"
        )
        return int(cursor.fetchone()[0])


def milliseconds(site: httpx.Client) -> float:
    started = time.perf_counter()
    assert site.get("/healthz").status_code == 200
    return (time.perf_counter() - started) * 1000


def test_sixty_four_open_waits_leave_one_web_process_lively(stack: Stack) -> None:
    submissions = [SubmissionFactory.create(client=stack.client_key.client) for _ in range(WAITS)]

    def wait(submission: Submission) -> tuple[float, dict[str, Any]]:
        with stack.http() as http:
            answer = http.get(f"/api/v1/submissions/{submission.pk}", headers={"Prefer": "wait=30"}, timeout=60)
        assert answer.headers["Preference-Applied"] == "wait=30"
        return time.monotonic(), answer.json()

    with ThreadPoolExecutor(WAITS) as pool, httpx.Client(base_url=stack.site, timeout=20) as site:
        futures = [pool.submit(wait, submission) for submission in submissions]
        until(lambda: looks() >= WAITS and is_quiet(), "everybody waits")
        assert not any(future.done() for future in futures)

        asked = looks()
        taken = [milliseconds(site) for _ in range(PROBES)]
        time.sleep(1)
        assert looks() == asked
        assert held() <= 12

        verdicts.record_analysis(submissions[0], [said(0.9)], RAN)
        finished = time.monotonic()
        woken, document = futures[0].result(10)
        assert not any(future.done() for future in futures[1:])
        for submission in submissions[1:]:
            verdicts.record_analysis(submission, [said(0.9)], RAN)
        answers = [future.result(30)[1] for future in futures]

    p95 = statistics.quantiles(taken, n=20)[-1]
    print(f"/healthz with {WAITS} open waits: median {statistics.median(taken):.1f} ms, p95 {p95:.1f} ms")
    assert p95 < 100
    assert woken - finished < 2
    assert document["verdict"]["label"] == "ai_generated"
    assert [one["id"] for one in answers] == [submission.pk for submission in submissions]
    assert {one["state"] for one in answers} == {"analysed"}
