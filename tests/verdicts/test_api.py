"""The submissions API: who may call, what it takes, what it answers, and what a refusal leaves behind."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from moderation.clients.models import Role
from moderation.intake.models import Priority, Submission
from moderation.verdicts import services
from tests.factories import SubmissionFactory, key, person, picture, said

pytestmark = pytest.mark.django_db
URL = "/api/v1/submissions"
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def post(browser: Browser, secret: str, data: bytes, **fields: Any) -> Any:
    return browser.post(URL, {"file": SimpleUploadedFile("a.png", data), **fields}, headers=bearer(secret))


def test_submission_is_accepted_with_its_document_and_location(client: Browser) -> None:
    _, secret = key()

    answer = post(
        client, secret, picture(80, 40), external_id="post-42", author_id="u1", metadata='{"a": [1]}', priority="high"
    )

    assert answer.status_code == 202
    body = answer.json()
    assert answer["Location"] == body["links"]["self"] == f"http://testserver{URL}/{body['id']}"
    assert body["id"].startswith("sub_")
    assert (body["state"], body["verdict"], body["decision"], body["failure"]) == ("queued", None, None, None)
    assert (body["external_id"], body["author_id"], body["metadata"]) == ("post-42", "u1", {"a": [1]})
    assert body["image"]["width"] == 80
    assert body["schema_version"] == 1
    assert body["created_at"].endswith("Z")
    assert Submission.objects.get().priority == Priority.HIGH


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer nope"}, {"authorization": "Basic YTpi"}])
def test_call_without_a_good_key_is_401_and_stores_nothing(client: Browser, headers: dict[str, str]) -> None:
    answer = client.post(URL, {"file": SimpleUploadedFile("a.png", picture())}, headers=headers)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthenticated"
    assert not Submission.objects.exists()


def test_answer_to_a_submission_is_what_reading_it_returns(client: Browser) -> None:
    _, secret = key()

    for _ in range(2):  # the second time the bytes are known
        taken = post(client, secret, picture(), external_id="post-42").json()
        assert client.get(f"{URL}/{taken['id']}", headers=bearer(secret)).json() == taken
    assert Submission.objects.values("image").distinct().count() == 1


def test_taking_a_submission_in_asks_nothing_that_a_new_one_cannot_have(
    client: Browser, django_assert_max_num_queries: Any
) -> None:
    _, secret = key()
    post(client, secret, picture(shade=1))

    with django_assert_max_num_queries(9) as asked:  # two are the test's savepoint, one asks for files to seal
        post(client, secret, picture(shade=2))

    tables = " ".join(one["sql"] for one in asked.captured_queries)
    for table in ("verdicts_verdict", "verdicts_finding", "verdicts_provenance", "matching_match"):
        assert table not in tables


def test_key_without_the_scope_is_403_and_stores_nothing(client: Browser) -> None:
    _, secret = key(scopes=["read"])

    answer = post(client, secret, picture())

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"metadata": "[1]"}, "#/metadata"),
        ({"metadata": "{"}, "#/metadata"),
        ({"metadata": '{"a": NaN}'}, "#/metadata"),
        ({"metadata": json.dumps({"a": "x" * 17_000})}, "#/metadata"),
        ({"metadata": '{"a": "\\u0000"}'}, "#/metadata"),
        ({"metadata": "[" * 100_000}, "#/metadata"),
        ({"priority": "urgent"}, "#/priority"),
        ({"external_id": "x" * 201}, "#/external_id"),
        ({"external_id": "a\x00b"}, "#/external_id"),
    ],
)
def test_bad_field_is_422_with_its_pointer_and_stores_nothing(
    client: Browser, fields: dict[str, str], pointer: str
) -> None:
    _, secret = key()

    answer = post(client, secret, picture(), **fields)

    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not Submission.objects.exists()


def test_missing_file_is_422(client: Browser) -> None:
    answer = client.post(URL, {"external_id": "x"}, headers=bearer(key()[1]))

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/file")


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "unsupported-media-type"),
        (b"", 415, "unsupported-media-type"),
        (picture(200, 200, format_="JPEG")[:-300], 422, "image-undecodable"),
        (picture(16, 16), 422, "image-too-small"),
    ],
)
def test_refused_image_is_a_problem(client: Browser, data: bytes, status: int, code: str) -> None:
    answer = post(client, key()[1], data)

    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"http://testserver/problems/{code}"
    assert body["instance"] == URL
    assert client.get(f"/problems/{code}").status_code == 200


def test_body_that_is_neither_form_nor_json_is_415(client: Browser) -> None:
    answer = client.post(URL, b"<a/>", content_type="application/xml", headers=bearer(key()[1]))

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


def test_form_that_breaks_off_is_400(client: Browser) -> None:
    answer = client.post(URL, b"--x", content_type="multipart/form-data", headers=bearer(key()[1]))

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize(
    ("method", "path", "status"), [("put", URL, 405), ("get", "/api/v1/nothing", 404), ("get", "/api/", 404)]
)
def test_every_error_under_api_is_a_problem_document(client: Browser, method: str, path: str, status: int) -> None:
    answer = getattr(client, method)(path, headers=bearer(key()[1]))

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_analysed_document_has_verdict_findings_and_signed_pictures(client: Browser) -> None:
    made, secret = key()
    submission = SubmissionFactory.create(client=made.client)
    services.record_analysis(submission, [said(0.9), said(0.1, "face", [1, 2, 30, 40])], RAN)

    body = client.get(f"{URL}/{submission.pk}", headers=bearer(secret)).json()

    assert body["verdict"]["label"] == "ai_generated"
    assert body["verdict"]["policy"] == {"name": "default", "version": 1}
    face, general = body["findings"]
    assert (face["box"], face["label"]) == ([1, 2, 30, 40], "real")
    assert general["model"] == {"name": "general", "version": "1.0.0"}
    assert general["thresholds"] == {"review": 0.5, "label": 0.82, "block": None}
    assert general["heatmap_url"] is None


def test_another_clients_submission_is_as_good_as_absent(client: Browser) -> None:
    submission = SubmissionFactory.create()
    _, foreign = key()

    theirs = client.get(f"{URL}/{submission.pk}", headers=bearer(foreign))
    absent = client.get(f"{URL}/sub_absent", headers=bearer(foreign))

    assert theirs.status_code == absent.status_code == 404
    assert theirs.json()["detail"] == absent.json()["detail"]
    assert client.get(URL, headers=bearer(foreign)).json()["results"] == []


def test_list_pages_newest_first_in_both_directions(client: Browser) -> None:
    made, secret = key()
    ids = [SubmissionFactory.create(client=made.client).pk for _ in range(5)][::-1]

    first = client.get(f"{URL}?limit=2", headers=bearer(secret)).json()
    second = client.get(first["next"], headers=bearer(secret)).json()
    third = client.get(second["next"], headers=bearer(secret)).json()
    back = client.get(second["previous"], headers=bearer(secret)).json()

    pages = [[one["id"] for one in page["results"]] for page in (first, second, third)]
    assert pages == [ids[:2], ids[2:4], ids[4:]]
    assert (first["previous"], third["next"]) == (None, None)
    assert [one["id"] for one in back["results"]] == ids[:2]


ODD = [
    "created_after=2026-11-21T09:00:00",
    "created_after=9999-12-31T23:59:59-23:59",
    "created_before=0001-01-01T00:00:00%2B23:59",
    "created_before=2026-02-30T00:00:00Z",
    "sha256=%00",
    "state=",
    "format=xml",
]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "colour=red", "state=done", "created_after=noon", *ODD]
)
def test_bad_query_is_422_and_names_its_parameter(client: Browser, query: str) -> None:
    answer = client.get(f"{URL}?{query}", headers=bearer(key()[1]))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


def test_filters_choose_by_verdict_state_and_external_id(client: Browser) -> None:
    made, secret = key()
    found = SubmissionFactory.create(client=made.client, external_id="a")
    services.record_analysis(found, [said(0.9)], RAN)
    SubmissionFactory.create(client=made.client, external_id="b")

    def ids(query: str) -> list[str]:
        return [one["id"] for one in client.get(f"{URL}?{query}", headers=bearer(secret)).json()["results"]]

    for query in ("verdict=ai_generated", "state=analysed", "external_id=a", "action=label", "decided_by=policy"):
        assert ids(query) == [found.pk], query
    assert ids("verdict=real") == []


def test_filter_by_verdict_sees_only_the_verdict_that_stands(client: Browser) -> None:
    made, secret = key()
    submission = SubmissionFactory.create(client=made.client)
    services.record_analysis(submission, [said(0.9)], RAN)
    services.revise_by_person(submission, "real", {"id": "dec_1"}, timedelta(0))

    answer = client.get(f"{URL}?verdict=ai_generated", headers=bearer(secret))

    assert answer.json()["results"] == []


def test_person_reads_by_session_and_needs_a_role(client: Browser) -> None:
    submission = SubmissionFactory.create()
    client.force_login(person())
    assert client.get(f"{URL}/{submission.pk}").status_code == 403

    client.force_login(person(Role.MODERATOR))
    assert client.get(f"{URL}/{submission.pk}").status_code == 200


def test_schema_is_served_as_openapi_3_1(client: Browser) -> None:
    answer = client.get("/api/schema/?format=json")

    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")
    assert client.get("/api/docs/").status_code == 200
