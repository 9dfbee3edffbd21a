"""Idempotency-Key: one work and one answer for a key, for a day, for each client and path."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import path
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from assay import urls
from foundation.problems import Problem
from moderation.clients import idempotency
from moderation.clients.models import ApiKey, Client, Role, StoredAnswer
from moderation.clients.rest import ApiView
from moderation.intake.models import Submission, Work
from tests.factories import ClientFactory, key, person, picture

pytestmark = pytest.mark.django_db
URL = "/api/v1/submissions"
MADE = "/api/test/made"
SLOW = "/api/test/slow"


class MakingView(ApiView):
    """Makes a client, and then answers or fails as the body says."""

    scopes = {"POST": "submit"}

    def post(self, request: Request, name: str = "") -> Response:
        made, asked = ClientFactory.create(name=f"made at {name}"), dict(request.data)
        if "problem" in asked:
            raise Problem(asked["problem"], "As asked.")
        if "status" in asked:
            return Response({"id": made.pk}, status=asked["status"])
        if asked.get("break"):
            raise ZeroDivisionError
        body = {"z": made.pk, "secret": "shown once", "a": [1.5, None, "é"]}
        return Response(body, status=201, headers={"Location": f"/made/{made.pk}"})


class SlowView(MakingView):
    """Makes a client, and answers when it may."""

    entered = threading.Event()
    may_go = threading.Event()

    def post(self, request: Request, name: str = "slow") -> Response:
        response = super().post(request, name)
        self.entered.set()
        assert self.may_go.wait(20)
        return response


class DecidingView(MakingView):
    scopes = {"POST": "decide"}


class OpenView(ApiView):
    """Answers whoever calls."""

    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request) -> Response:
        return Response({"made": ClientFactory.create().pk})


urlpatterns = [
    path("api/test/open", OpenView.as_view()),
    path("api/test/slow", SlowView.as_view()),
    path("api/test/decided/<str:name>", DecidingView.as_view()),
    path("api/test/<str:name>", MakingView.as_view()),
    *urls.urlpatterns,
]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@pytest.fixture(autouse=True)
def _site(settings: Any, tmp_path: Path) -> None:
    settings.ROOT_URLCONF = __name__
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def owner() -> tuple[ApiKey, str]:
    return key()


def post(secret: str, body: Any, idempotency_key: str | None = "k1", path: str = MADE) -> Any:
    headers = {"authorization": f"Bearer {secret}"} | ({"idempotency-key": idempotency_key} if idempotency_key else {})
    browser = Browser(raise_request_exception=False)
    return browser.post(path, body, content_type="application/json", headers=headers)


def submit(secret: str, idempotency_key: str = "k1", boundary: str = BOUNDARY, **fields: Any) -> Any:
    given = {"file": SimpleUploadedFile(fields.pop("name", "a.png"), picture(shade=fields.pop("shade", 0))), **fields}
    return Browser().generic(
        "POST",
        URL,
        encode_multipart(boundary, given),
        MULTIPART_CONTENT.replace(BOUNDARY, boundary),
        headers={"authorization": f"Bearer {secret}", "idempotency-key": idempotency_key},
    )


def made() -> int:
    return Client.objects.filter(name__startswith="made at").count()


def test_same_key_and_body_replay_status_body_and_location(owner: tuple[ApiKey, str]) -> None:
    first, second = post(owner[1], {"n": 1}), post(owner[1], {"n": 1})

    assert (first.status_code, second.status_code) == (201, 201)
    assert made() == 1
    assert second["Location"] == first["Location"]
    assert second["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert second["Content-Type"] == first["Content-Type"] == "application/json"
    assert second.content == first.content.replace(b'"shown once"', b"null")


def test_secret_is_in_the_first_answer_only_and_nowhere_stored(owner: tuple[ApiKey, str]) -> None:
    assert post(owner[1], {}).json()["secret"] == "shown once"

    assert post(owner[1], {}).json()["secret"] is None
    assert "shown once" not in str(list(StoredAnswer.objects.values()))


def test_same_key_with_another_body_is_422_and_does_nothing(owner: tuple[ApiKey, str]) -> None:
    post(owner[1], {"n": 1})

    answer = post(owner[1], {"n": 2})

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert made() == 1
    assert post(owner[1], {"n": 1})["Idempotency-Replayed"] == "true"


def test_without_a_key_every_post_works_anew(owner: tuple[ApiKey, str]) -> None:
    post(owner[1], {}, None)
    post(owner[1], {}, None)

    assert made() == 2
    assert not StoredAnswer.objects.exists()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('{"a": 1, "b": [1, 2]}', '{ "b":[1,2],"a":1}'),
        ('{"a": 1.0}', '{"a": 1}'),
        ('{"a": 1e2}', '{"a": 100}'),
        ('{"a": "\\u00e9"}', '{"a": "é"}'),
        ("{}", ""),
    ],
)
def test_same_json_value_is_the_same_body(owner: tuple[ApiKey, str], first: str, second: str) -> None:
    assert post(owner[1], first).status_code == 201

    assert post(owner[1], second)["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('{"a": [1, 2]}', '{"a": [2, 1]}'),
        ('{"a": 1}', '{"a": true}'),
        ('{"a": 1}', '{"a": "1"}'),
        ('{"a": null}', "{}"),
        ('{"a": 1.5}', '{"a": 1.25}'),
    ],
)
def test_another_json_value_is_another_body(owner: tuple[ApiKey, str], first: str, second: str) -> None:
    assert post(owner[1], first).status_code == 201

    assert post(owner[1], second).json()["code"] == "idempotency-key-reused"


@pytest.mark.parametrize(("first", "second"), [("abc", '"abc"'), ('a"b', r'"a\"b"'), ("a b", ' "a b" ')])
def test_bare_and_quoted_key_are_the_same(owner: tuple[ApiKey, str], first: str, second: str) -> None:
    post(owner[1], {}, first)

    assert post(owner[1], {}, second)["Idempotency-Replayed"] == "true"
    assert made() == 1


@pytest.mark.parametrize("value", [" ", '""', "x" * 256, "é", "a\tb"])
def test_key_that_is_none_is_422_with_its_header_and_does_nothing(owner: tuple[ApiKey, str], value: str) -> None:
    answer = post(owner[1], {}, value)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["header"] == "Idempotency-Key"
    assert made() == 0


def test_key_belongs_to_its_client_and_its_path(owner: tuple[ApiKey, str]) -> None:
    _, foreign = key()

    for secret, path_ in ((owner[1], MADE), (foreign, MADE), (owner[1], "/api/test/other")):
        assert "Idempotency-Replayed" not in post(secret, {}, path=path_)

    assert made() == 3


def test_another_key_of_the_same_client_is_answered_the_same(owner: tuple[ApiKey, str]) -> None:
    _, second = key(owner[0].client)
    post(owner[1], {})

    assert post(second, {})["Idempotency-Replayed"] == "true"


def test_key_without_the_scope_is_not_shown_the_stored_answer(owner: tuple[ApiKey, str]) -> None:
    _, weak = key(owner[0].client, ["read"])
    post(owner[1], {})

    answer = post(weak, {})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert "Idempotency-Replayed" not in answer


def test_422_is_stored_and_takes_back_what_was_written(owner: tuple[ApiKey, str]) -> None:
    first = post(owner[1], {"problem": "invalid"})
    second = post(owner[1], {"problem": "invalid"})

    assert (first.status_code, second.status_code, made()) == (422, 422, 0)
    assert second["Idempotency-Replayed"] == "true"
    assert second["Content-Type"] == "application/problem+json"
    assert second.content == first.content


@pytest.mark.parametrize("code", ["conflict", "forbidden", "not-found", "gone", "too-large", "unavailable"])
def test_other_refusals_are_not_stored_and_leave_nothing(owner: tuple[ApiKey, str], code: str) -> None:
    for _ in range(2):
        answer = post(owner[1], {"problem": code})
        assert answer.json()["code"] == code
        assert "Idempotency-Replayed" not in answer

    assert made() == 0
    assert not StoredAnswer.objects.exists()


def test_failure_is_not_stored_and_leaves_nothing(owner: tuple[ApiKey, str]) -> None:
    assert post(owner[1], {"break": True}).status_code == 500

    assert (made(), StoredAnswer.objects.count()) == (0, 0)


@pytest.mark.parametrize(("status", "kept"), [(200, True), (207, True), (422, True), (404, False), (503, False)])
def test_answer_is_kept_by_its_status(owner: tuple[ApiKey, str], status: int, kept: bool) -> None:
    post(owner[1], {"status": status})

    assert StoredAnswer.objects.exists() is kept


@pytest.mark.parametrize("body", ["{", "[1,", b"\xff", '{"a": NaN}'])
def test_unreadable_body_is_400_and_is_not_stored(owner: tuple[ApiKey, str], body: Any) -> None:
    assert post(owner[1], body).status_code == 400

    assert not StoredAnswer.objects.exists()


def test_answer_is_kept_for_a_day_and_then_swept(owner: tuple[ApiKey, str]) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=23, minutes=59), tick=False):
        post(owner[1], {})
    assert post(owner[1], {})["Idempotency-Replayed"] == "true"
    assert idempotency.sweep() == 0

    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        assert idempotency.sweep() == 1

    assert not StoredAnswer.objects.exists()


def test_key_may_be_used_anew_after_a_day_though_nothing_was_swept(owner: tuple[ApiKey, str]) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=24, seconds=1), tick=False):
        post(owner[1], {"n": 1})

    assert post(owner[1], {"n": 2}).status_code == 201
    assert post(owner[1], {"n": 2})["Idempotency-Replayed"] == "true"
    assert (made(), StoredAnswer.objects.count()) == (2, 1)


def test_caller_whom_nobody_knows_has_no_stored_answers() -> None:
    first, second = (Browser().post("/api/test/open", headers={"idempotency-key": "k"}) for _ in range(2))

    assert first.json() != second.json()
    assert not StoredAnswer.objects.exists()


def test_same_picture_under_another_boundary_and_name_is_submitted_once(owner: tuple[ApiKey, str]) -> None:
    first = submit(owner[1], external_id="a")
    second = submit(owner[1], external_id="a", boundary="another", name="b.png")

    assert (first.status_code, second.status_code) == (202, 202)
    assert second["Idempotency-Replayed"] == "true"
    assert second.json() == first.json()
    assert second["Location"] == first["Location"]
    assert (Submission.objects.count(), Work.objects.count()) == (1, 1)


@pytest.mark.parametrize("changes", [{"shade": 9}, {"external_id": "b"}, {"author_id": "u"}])
def test_another_picture_or_field_under_the_same_key_is_422(owner: tuple[ApiKey, str], changes: dict[str, Any]) -> None:
    submit(owner[1], external_id="a")

    answer = submit(owner[1], **{"external_id": "a", **changes})

    assert answer.json()["code"] == "idempotency-key-reused"
    assert Submission.objects.count() == 1


def test_forgotten_object_is_in_no_stored_answer_of_its_client(owner: tuple[ApiKey, str]) -> None:
    id_ = submit(owner[1], metadata='{"person": "Ada"}').json()["id"]
    submit(owner[1], "k2", external_id="other")
    since = Submission.objects.get(pk=id_).created_at

    assert idempotency.forget("cli_other", id_, since) == 0
    assert idempotency.forget(owner[0].client.pk, id_, since) == 1

    assert "Ada" not in str(list(StoredAnswer.objects.values()))
    assert StoredAnswer.objects.count() == 1


def test_person_by_session_is_answered_once_too(client: Browser) -> None:
    who = person(Role.MODERATOR)
    client.force_login(who, "django.contrib.auth.backends.ModelBackend")
    address, headers = "/api/test/decided/a", {"idempotency-key": "k"}

    answers = [client.post(address, {}, content_type="application/json", headers=headers) for _ in range(2)]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert (made(), StoredAnswer.objects.get().owner) == (1, who.actor())


@pytest.fixture
def crowd(transactional_db: None) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(50) as pool:
        yield pool


def closing(work: Any) -> Any:
    """Run ``work`` in a thread and close the connection that it opened."""

    def run(number: int) -> Any:
        try:
            return work(number)
        finally:
            connection.close()

    return run


def test_fifty_simultaneous_requests_do_the_work_once(crowd: ThreadPoolExecutor) -> None:
    _, secret = key()

    answers = list(crowd.map(closing(lambda _: submit(secret)), range(50)))

    accepted = [one for one in answers if one.status_code == 202]
    refused = [one for one in answers if one.status_code != 202]
    assert Submission.objects.count() == 1
    assert len({one.json()["id"] for one in accepted}) == 1
    assert sum("Idempotency-Replayed" not in one for one in accepted) == 1
    assert {one.json()["code"] for one in refused} <= {"idempotency-in-progress"}
    assert all(one["Retry-After"] == "1" for one in refused)


def test_second_request_is_409_while_the_first_runs_and_replays_it_afterwards(crowd: ThreadPoolExecutor) -> None:
    _, secret = key()
    SlowView.entered.clear()
    SlowView.may_go.clear()

    first = crowd.submit(closing(lambda _: post(secret, {}, path=SLOW)), 0)
    assert SlowView.entered.wait(20)
    meanwhile = crowd.submit(closing(lambda _: post(secret, {}, path=SLOW)), 0).result()
    other = crowd.submit(closing(lambda _: post(secret, {}, "k2")), 0).result()
    SlowView.may_go.set()

    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "idempotency-in-progress")
    assert meanwhile["Retry-After"] == "1"
    assert other.status_code == 201
    assert first.result().status_code == 201
    assert post(secret, {}, path=SLOW)["Idempotency-Replayed"] == "true"
    assert made() == 2
