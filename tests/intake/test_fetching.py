"""Fetching what was submitted by URL: what is taken in, what fails and how, and a worker that dies in between."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.files.storage import default_storage
from django.utils import timezone

from foundation import broker, http
from moderation.events.models import Event
from moderation.intake import failing, fetching, work
from moderation.intake.models import FETCHES, Priority, Purpose, Source, State, StoredImage, Submission, Work
from moderation.intake.services import Particulars, submit_url
from moderation.review.consumer import open_cases
from moderation.review.models import Case
from tests.factories import ClientFactory, picture
from tests.foundation.http.helpers import resolver
from tests.webhooks.receiver import Answer, Receiver, running

pytestmark = pytest.mark.django_db
BY_API = Particulars(source=Source.API)


@pytest.fixture(autouse=True)
def _own_media_and_loopback(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def server() -> Iterator[Receiver]:
    with running() as receiver:
        yield receiver


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(broker._sender, "put", lambda task, queue_name: found.append(task))
    return found


def submitted(url: str, **options: Any) -> Submission:
    return submit_url(ClientFactory.create(), url, Particulars(source=Source.API, **options))


def after(submission: Submission) -> Submission:
    submission.refresh_from_db()
    return submission


def test_fetched_picture_is_stored_and_waits_for_its_analysis(server: Receiver) -> None:
    data = picture(80, 40)
    server.say(Answer(body=data, headers={"Content-Type": "text/html"}))
    submission = submitted(f"{server.url}/a.png", priority=Priority.HIGH)

    assert fetching.fetch_waiting() == 1

    image = after(submission).picture
    assert (image.width, image.height, image.media_type) == (80, 40, "image/png")
    assert default_storage.open(image.path).read() == data
    assert submission.state == State.QUEUED
    assert [one.submission_id for one in work.claim(8, timedelta(seconds=9))] == [submission.pk]
    fetch, first = Work.objects.order_by("id")
    assert (fetch.purpose, fetch.token, fetch.done_at is None) == (Purpose.FETCH, None, False)
    assert (first.purpose, first.priority) == (Purpose.FIRST, Priority.HIGH)
    assert not Event.objects.exists()


def test_work_of_fetching_is_not_the_detectors_and_the_other_way_round(server: Receiver) -> None:
    submission = submitted(server.url)

    assert work.claim(8, timedelta(seconds=9)) == []
    assert [one.submission_id for one in work.claim(8, timedelta(seconds=9), FETCHES)] == [submission.pk]
    assert after(submission).state == State.QUEUED


def test_several_are_fetched_at_once_and_each_is_settled_by_itself(server: Receiver) -> None:
    good = [submitted(f"{server.url}/{n}") for n in range(10)]
    bad = submitted(f"{server.url}/missing")
    shades = {f"/{n}": picture(shade=n) for n in range(10)}
    server.answer = lambda one: Answer(body=shades[one.path]) if one.path in shades else Answer(404)

    assert fetching.fetch_waiting() == 11

    assert all(after(one).image for one in good)
    assert after(bad).state == State.FAILED
    assert StoredImage.objects.count() == 10
    assert len(server.received) == 11


def test_the_most_urgent_is_fetched_first(server: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "FETCHERS", 1)
    for priority in (Priority.LOW, Priority.NORMAL, Priority.HIGH):
        submitted(f"{server.url}/{priority.name}", priority=priority)

    fetching.fetch_waiting()

    assert [one.path for one in server.received] == ["/HIGH", "/NORMAL", "/LOW"]


def test_a_redirect_is_followed_to_the_picture(server: Receiver) -> None:
    server.say(Answer(302, headers={"Location": "/real.png"}), Answer(body=picture()))
    submission = submitted(server.url)

    fetching.fetch_waiting()

    assert after(submission).image is not None


FAILURES: dict[str, tuple[Answer, str]] = {
    "missing": (Answer(404, body=picture()), "url-unreachable"),
    "broken server": (Answer(500), "url-unreachable"),
    "redirect inside": (Answer(302, headers={"Location": "http://10.0.0.1/"}), "url-forbidden"),
    "redirect to metadata": (Answer(301, headers={"Location": "http://169.254.169.254/"}), "url-forbidden"),
    "redirect to a file": (Answer(302, headers={"Location": "file:///etc/passwd"}), "url-forbidden"),
    "redirect for ever": (Answer(302, headers={"Location": "/"}), "url-unreachable"),
    "page": (Answer(body=b"<html>" + b" " * 9000, headers={"Content-Type": "image/png"}), "unsupported-media-type"),
    "nothing": (Answer(body=b""), "unsupported-media-type"),
    "cut short": (Answer(body=picture(200, 200)[:-60]), "image-undecodable"),
    "too small": (Answer(body=picture(16, 16)), "image-too-small"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_goes_wrong_is_a_failure_with_a_problem_and_an_event(name: str, server: Receiver) -> None:
    answer, code = FAILURES[name]
    server.say(answer)
    submission = submitted(server.url)

    assert fetching.fetch_waiting() == 1

    failure = after(submission).failure
    assert failure is not None
    assert (submission.state, submission.image, failure["code"]) == (State.FAILED, None, code)
    assert {"type", "title", "status", "detail"} <= failure.keys()
    event = Event.objects.get()
    assert (event.type, event.subject) == ("submission.failed", submission.pk)
    assert (event.body["data"]["image"], event.body["data"]["failure"]["code"]) == (None, code)
    assert not StoredImage.objects.exists()
    assert [one.purpose for one in Work.objects.all()] == [Purpose.FETCH]
    assert list(Path(site.MEDIA_ROOT).rglob("*")) == []


def test_a_picture_of_more_bytes_than_the_limit_is_too_large(server: Receiver, settings: Any) -> None:
    settings.IMAGE_MAX_BYTES = 100
    server.say(Answer(body=picture()))
    submission = submitted(server.url)

    fetching.fetch_waiting()

    assert (after(submission).failure or {})["code"] == "too-large"


def test_a_server_that_does_not_answer_in_time_is_unreachable(server: Receiver, settings: Any) -> None:
    settings.FETCH_TIMEOUT = timedelta(seconds=0.2)
    server.say(Answer(body=picture(), pause=1))
    submission = submitted(server.url)

    fetching.fetch_waiting()

    assert (after(submission).failure or {})["code"] == "url-unreachable"


def test_a_name_that_does_not_resolve_is_unreachable_and_one_that_leads_inside_is_forbidden() -> None:
    lost, inside = submitted("http://lost.example/"), submitted("http://inside.example/")
    answers = {"lost.example": [], "inside.example": ["10.0.0.1"]}
    client = http.Client(resolve=lambda host, port: answers[host])

    fetching.fetch_waiting(client)

    assert (after(lost).failure or {})["code"] == "url-unreachable"
    assert (after(inside).failure or {})["code"] == "url-forbidden"


def test_a_network_that_is_not_allowed_any_more_is_refused_when_it_is_fetched(server: Receiver, settings: Any) -> None:
    submission = submitted(server.url)
    settings.ALLOWED_PRIVATE_NETWORKS = []

    fetching.fetch_waiting()

    assert (after(submission).failure or {})["code"] == "url-forbidden"
    assert server.received == []


def test_no_case_is_opened_for_a_picture_that_nobody_has(server: Receiver) -> None:
    server.say(Answer(404))
    submission = submitted(server.url)
    fetching.fetch_waiting()

    open_cases([Event.objects.get()])

    assert not Case.objects.filter(submission=submission).exists()


def test_a_worker_that_lost_its_lease_takes_nothing_in(server: Receiver) -> None:
    submission = submitted(server.url)
    (lost,) = work.claim(1, timedelta(seconds=9), FETCHES)
    work.give_back(lost, "it stopped")

    assert fetching.take_in(lost, picture()) is False
    assert fetching.give_up(lost, "url-unreachable", "Too late.") is False

    assert (after(submission).state, submission.image) == (State.QUEUED, None)
    assert not Event.objects.exists()


def test_sweep_frees_the_fetch_of_a_dead_worker_and_asks_for_it_again(server: Receiver, nudges: list[str]) -> None:
    server.say(Answer(body=picture()))
    submission = submitted(server.url)
    work.claim(1, timedelta(seconds=-1), FETCHES)

    assert fetching.sweep() == 1
    assert nudges == ["intake.fetch"]
    assert fetching.fetch_waiting() == 1
    assert after(submission).image is not None


def test_sweep_fails_a_fetch_that_stopped_its_worker_three_times(settings: Any) -> None:
    submission = submitted("http://pictures.example/")
    Work.objects.update(attempts=settings.ANALYSIS_ATTEMPTS - 1)
    work.claim(1, timedelta(seconds=-1), FETCHES)

    assert fetching.sweep() == 1

    assert after(submission).state == State.FAILED
    assert (submission.failure or {})["code"] == "internal"
    assert Work.objects.get().done_at is not None


def test_sweep_leaves_what_is_held_and_the_detectors_work_alone(nudges: list[str]) -> None:
    submitted("http://pictures.example/")
    (held,) = work.claim(1, timedelta(seconds=30), FETCHES)
    Work.objects.create(submission=held.submission, token=held.token, leased_until=timezone.now() - timedelta(1))

    assert fetching.sweep() == 0
    assert nudges == []
    assert Work.objects.filter(token=None).count() == 0


def test_a_fault_of_ours_stops_no_other_and_is_tried_again_by_the_sweep(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = picture()
    server.answer = lambda one: Answer(body=data) if one.path == "/good" else Answer(404)
    submissions = [submitted(f"{server.url}/{name}") for name in ("bad", "good")]

    def broken(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(failing, "fail", broken)

    assert fetching.fetch_waiting() == 1

    bad, good = map(after, submissions)
    assert (bad.state, bad.image) == (State.QUEUED, None)
    assert good.image is not None
    assert Work.objects.filter(FETCHES, done_at=None, submission=bad).exclude(token=None).count() == 1


def test_nudge_leaves_after_the_commit(nudges: list[str], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        submit_url(ClientFactory.create(), "http://pictures.example/", BY_API)

    assert nudges == []
    for callback in callbacks:
        callback()
    assert nudges == ["intake.fetch"]


def test_resolver_that_changes_its_mind_sends_nothing_inside(server: Receiver) -> None:
    """The first look-up is public to no one: judged at the time of the connection, not of the submission."""
    server.say(Answer(302, headers={"Location": "/again"}))
    submission = submitted(server.url.replace("127.0.0.1", "pictures.example"))
    client = http.Client(["127.0.0.0/8"], resolver(["127.0.0.1"], ["10.0.0.1"]))

    fetching.fetch_waiting(client)

    assert (after(submission).failure or {})["code"] == "url-forbidden"
    assert len(server.received) == 1
