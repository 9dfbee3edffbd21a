"""Prefer: wait=N at the submissions API: the verdict when it comes in time, and what is there when it does not."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser

from foundation import notifications
from foundation.notifications import Listener
from moderation.intake import waiting
from moderation.intake.models import Submission, Work
from moderation.verdicts import services as verdicts
from tests.factories import SubmissionFactory, key, picture, said
from tests.stack import until

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/submissions"
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}


@pytest.fixture(autouse=True)
def listener(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(notifications, "IDLE", 0.2)
    made = Listener(places=3)
    monkeypatch.setattr(waiting, "listener", made)
    yield made
    until(lambda: made.thread is None, "the listener ended, for nobody waits")


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads


def ask(secret: str, method: str, path: str, prefer: str | None, **more: Any) -> Any:
    headers = {"authorization": f"Bearer {secret}", **more.pop("headers", {})} | ({"prefer": prefer} if prefer else {})
    try:
        return getattr(Browser(raise_request_exception=False), method)(path, headers=headers, **more)
    finally:
        connection.close()


def submit(secret: str, prefer: str | None, **headers: str) -> Any:
    file = {"file": SimpleUploadedFile("a.png", picture())}
    return ask(secret, "post", URL, prefer, data=file, headers=headers)


def in_thread(pool: ThreadPoolExecutor, listener: Listener, work: Any, *args: Any, **more: Any) -> "Future[Any]":
    """Have a thread ask, and return once it waits."""
    before = sum(map(len, listener.waiting.values()))
    future = pool.submit(work, *args, **more)
    until(lambda: future.done() or sum(map(len, list(listener.waiting.values()))) > before, "the thread waits")
    return future


def analyse(submission: Submission) -> None:
    verdicts.record_analysis(submission, [said(0.9)], RAN)


def test_submission_that_is_analysed_in_time_is_201_with_its_verdict(
    pool: ThreadPoolExecutor, listener: Listener
) -> None:
    future = in_thread(pool, listener, submit, key()[1], "wait=20")

    analyse(Submission.objects.get())
    answer = future.result(15)

    assert (answer.status_code, answer["Preference-Applied"]) == (201, "wait=20")
    assert answer.json()["verdict"]["label"] == "ai_generated"
    assert answer["Location"] == answer.json()["links"]["self"]
    assert "Prefer" in answer["Vary"]


def test_submission_that_failed_in_time_is_201_too(pool: ThreadPoolExecutor, listener: Listener) -> None:
    future = in_thread(pool, listener, submit, key()[1], "wait=20")

    verdicts.record_failure(Submission.objects.get(), "internal", "It did not work.")
    answer = future.result(15)

    assert (answer.status_code, answer.json()["state"]) == (201, "failed")
    assert answer.json()["failure"]["code"] == "internal"


def test_submission_that_takes_longer_is_202(listener: Listener) -> None:
    answer = submit(key()[1], "wait=1")

    assert (answer.status_code, answer["Preference-Applied"]) == (202, "wait=1")
    assert (answer.json()["state"], answer.json()["verdict"]) == ("queued", None)


def test_long_wait_is_told_as_what_it_is_taken_for(pool: ThreadPoolExecutor, listener: Listener) -> None:
    future = in_thread(pool, listener, submit, key()[1], "wait=600")

    analyse(Submission.objects.get())

    assert future.result(15)["Preference-Applied"] == "wait=30"


@pytest.mark.parametrize("prefer", [None, "respond-async", "wait=0", "wait=x"])
def test_preference_that_is_not_understood_is_ignored(prefer: str | None) -> None:
    answer = submit(key()[1], prefer)

    assert (answer.status_code, "Preference-Applied" in answer) == (202, False)
    assert "Prefer" in answer["Vary"]


def test_retry_joins_the_wait_and_gets_what_the_first_gets(pool: ThreadPoolExecutor, listener: Listener) -> None:
    _, secret = key()
    first = in_thread(pool, listener, submit, secret, "wait=20", **{"idempotency-key": "k"})
    second = in_thread(pool, listener, submit, secret, "wait=20", **{"idempotency-key": "k"})
    assert not first.done()
    assert not second.done()

    analyse(Submission.objects.get())

    assert [one.result(15).status_code for one in (first, second)] == [201, 201]
    assert [one.result()["Preference-Applied"] for one in (first, second)] == ["wait=20", "wait=20"]
    assert first.result().json() == second.result().json()
    assert second.result()["Idempotency-Replayed"] == "true"
    assert (Submission.objects.count(), Work.objects.count()) == (1, 1)


def test_late_retry_without_the_preference_gets_what_was_stored_when_the_work_was_done() -> None:
    _, secret = key()
    submit(secret, None, **{"idempotency-key": "k"})
    analyse(Submission.objects.get())

    stored = submit(secret, None, **{"idempotency-key": "k"})
    joined = submit(secret, "wait=5", **{"idempotency-key": "k"})

    assert (stored.status_code, stored.json()["state"]) == (202, "queued")
    assert (joined.status_code, joined.json()["state"]) == (201, "analysed")


def test_reading_waits_for_the_verdict(pool: ThreadPoolExecutor, listener: Listener) -> None:
    made, secret = key()
    submission = SubmissionFactory.create(client=made.client)
    future = in_thread(pool, listener, ask, secret, "get", f"{URL}/{submission.pk}", "wait=20")

    analyse(submission)
    answer = future.result(15)

    assert (answer.status_code, answer["Preference-Applied"]) == (200, "wait=20")
    assert answer.json()["state"] == "analysed"
    assert "ETag" in answer


def test_reading_what_is_finished_does_not_wait() -> None:
    made, secret = key()
    submission = SubmissionFactory.create(client=made.client)
    analyse(submission)

    answer = ask(secret, "get", f"{URL}/{submission.pk}", "wait=30")

    assert (answer.status_code, answer["Preference-Applied"]) == (200, "wait=30")


def test_another_clients_submission_is_404_without_a_wait() -> None:
    submission = SubmissionFactory.create()

    answer = ask(key()[1], "get", f"{URL}/{submission.pk}", "wait=30")

    assert answer.status_code == 404
    assert "Preference-Applied" not in answer


def test_nobody_waits_who_finds_no_place(
    pool: ThreadPoolExecutor, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "free", threading.BoundedSemaphore(1))
    made, secret = key()
    submission = SubmissionFactory.create(client=made.client)
    future = in_thread(pool, listener, ask, secret, "get", f"{URL}/{submission.pk}", "wait=20")

    answer = ask(secret, "get", f"{URL}/{submission.pk}", "wait=20")

    assert (answer.status_code, "Preference-Applied" in answer) == (200, False)
    analyse(submission)
    assert future.result(15).status_code == 200
