"""Submissions as JSON: by URL or in base64, what is refused at once, and that a refusal leaves nothing behind."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser

from moderation.clients.models import Role
from moderation.intake.models import Priority, Purpose, Source, StoredImage, Submission, Work
from tests.factories import key, person, picture

pytestmark = pytest.mark.django_db
URL = "/api/v1/submissions"
PICTURE = "https://pictures.example/42.jpg"


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def post(browser: Browser, body: Any, secret: str | None = None) -> Any:
    """Send ``body`` as JSON; bytes are sent as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body)
    headers = {"authorization": f"Bearer {secret or key()[1]}"}
    return browser.post(URL, raw, content_type="application/json", headers=headers)


def nothing_is_kept() -> bool:
    return not (Submission.objects.exists() or StoredImage.objects.exists() or Work.objects.exists())


def test_image_in_base64_is_the_same_as_a_file(client: Browser) -> None:
    data = picture(80, 40)
    fields = {"external_id": "post-42", "author_id": "u1", "metadata": {"a": [1]}, "priority": "high"}

    answer = post(client, {"image_base64": encoded(data), **fields})

    body = answer.json()
    assert answer.status_code == 202
    assert answer["Location"] == body["links"]["self"]
    assert body["image"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert (body["image"]["width"], body["state"]) == (80, "queued")
    assert {name: body[name] for name in ("external_id", "author_id", "metadata")} == {
        name: value for name, value in fields.items() if name != "priority"
    }
    work = Work.objects.get()
    assert (work.purpose, work.priority) == (Purpose.FIRST, Priority.HIGH)


def test_line_breaks_in_base64_are_passed_over(client: Browser) -> None:
    wrapped = base64.encodebytes(picture()).decode()

    assert "\n" in wrapped.strip()
    assert post(client, {"image_base64": wrapped}).status_code == 202


def test_image_by_url_is_queued_to_be_fetched_without_a_look_up_or_a_packet(
    client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("The request must not resolve the name.")

    monkeypatch.setattr("foundation.http.network.socket.getaddrinfo", refuse)

    answer = post(client, {"url": PICTURE, "external_id": "post-42", "priority": "low"})

    body = answer.json()
    assert answer.status_code == 202
    assert (body["state"], body["image"], body["failure"], body["verdict"]) == ("queued", None, None, None)
    submission = Submission.objects.get()
    assert (submission.url, submission.image, submission.source) == (PICTURE, None, Source.API)
    work = Work.objects.get()
    assert (work.purpose, work.priority, work.attempts) == (Purpose.FETCH, Priority.LOW, 0)


def test_document_of_what_was_not_fetched_yet_can_be_read_and_its_picture_not(client: Browser) -> None:
    _, secret = key()
    body = post(client, {"url": PICTURE}, secret).json()
    headers = {"authorization": f"Bearer {secret}"}

    assert client.get(f"{URL}/{body['id']}", headers=headers).json() == body
    assert client.get(URL, headers=headers).json()["results"] == [body]
    for name in ("original", "preview.jpg", "thumbnail.jpg", "spectrum.png", "residual.png"):
        answer = client.get(f"{URL}/{body['id']}/{name}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), name


@pytest.mark.parametrize(
    "url",
    [
        "ftp://pictures.example/a.jpg", "file:///etc/passwd", "javascript:alert(1)", "pictures.example/a.jpg", "//a",
        "http://user:secret@pictures.example/", "http://127.0.0.1/", "http://127.1/", "http://0x7f000001/",
        "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://169.254.169.254/latest/meta-data/", "http://localhost/",
        "http://100.64.0.1/", "http://[64:ff9b::a00:1]/", "http://a b/", "http://[::1/", "http://h:99999/",
    ],
)  # fmt: skip
def test_forbidden_url_is_refused_at_once_and_stores_nothing(client: Browser, url: str) -> None:
    answer = post(client, {"url": url})

    assert (answer.status_code, answer.json()["code"]) == (422, "url-forbidden")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/url"]
    assert "secret" not in answer.content.decode()
    assert nothing_is_kept()


def test_allowed_private_network_can_be_submitted_from(client: Browser, settings: Any) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]

    assert post(client, {"url": "http://127.0.0.1:1/a.jpg"}).status_code == 202
    assert post(client, {"url": "http://10.0.0.1/a.jpg"}).json()["code"] == "url-forbidden"
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", "#"),
        ({}, "#"),
        ({"url": None}, "#"),
        ({"url": PICTURE, "image_base64": "AAAA"}, "#"),
        ([], "#"),
        (None, "#"),
        ("text", "#"),
        ({"url": 1}, "#/url"),
        ({"url": ""}, "#/url"),
        ({"url": "https://a.example/" + "x" * 2048}, "#/url"),
        ({"url": "https://a.example/\x00"}, "#/url"),
        ({"image_base64": "no!"}, "#/image_base64"),
        ({"image_base64": "AAA"}, "#/image_base64"),
        ({"image_base64": "ÄÄÄÄ"}, "#/image_base64"),
        ({"image_base64": ["AAAA"]}, "#/image_base64"),
        ({"url": PICTURE, "external_id": 42}, "#/external_id"),
        ({"url": PICTURE, "external_id": {"a": 1}}, "#/external_id"),
        ({"url": PICTURE, "author_id": "x" * 201}, "#/author_id"),
        ({"url": PICTURE, "author_id": "a\x00"}, "#/author_id"),
        ({"url": PICTURE, "metadata": "{}"}, "#/metadata"),
        ({"url": PICTURE, "metadata": [1]}, "#/metadata"),
        ({"url": PICTURE, "metadata": None}, "#/metadata"),
        ({"url": PICTURE, "metadata": {"a": "x" * 17_000}}, "#/metadata"),
        ({"url": PICTURE, "metadata": {"a": "\x00"}}, "#/metadata"),
        ({"url": PICTURE, "priority": "urgent"}, "#/priority"),
        ({"url": PICTURE, "priority": None}, "#/priority"),
        ({"url": PICTURE, "priority": ["low"]}, "#/priority"),
    ],
)
def test_bad_body_is_422_with_its_pointer_and_stores_nothing(client: Browser, body: Any, pointer: str) -> None:
    answer = post(client, body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert nothing_is_kept()


@pytest.mark.parametrize(
    "raw",
    [
        b"{", b'{"url": NaN}', b'{"url": 1e999}', b"\xff\xfe", b'{"url": "\\ud800"}', b"[" * 100_000,
        b'{"metadata": ' + b'{"a":' * 300 + b"1" + b"}" * 301, b"1" * 5000,
    ],
)  # fmt: skip
def test_body_that_is_no_json_is_400_and_stores_nothing(client: Browser, raw: bytes) -> None:
    answer = post(client, raw)

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert nothing_is_kept()


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 415, "unsupported-media-type"),
        (b"<svg/>", 415, "unsupported-media-type"),
        (picture(16, 16), 422, "image-too-small"),
        (picture(200, 200)[:-60], 422, "image-undecodable"),
    ],
)
def test_refused_image_in_base64_is_the_problem_of_a_file(client: Browser, data: bytes, status: int, code: str) -> None:
    answer = post(client, {"image_base64": encoded(data)})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert nothing_is_kept()


def test_largest_image_fits_in_base64_and_a_larger_one_is_413(client: Browser, settings: Any) -> None:
    settings.IMAGE_MAX_BYTES = len(picture())

    assert post(client, {"image_base64": encoded(picture())}).status_code == 202
    answer = post(client, {"image_base64": encoded(picture() + b"\x00")})

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert Submission.objects.count() == 1


def test_body_of_more_than_32_megabytes_is_413_before_it_is_read(client: Browser, settings: Any) -> None:
    assert settings.JSON_MAX_BYTES == 32_000_000
    settings.JSON_MAX_BYTES = 1_000

    answer = post(client, b'{"url": "' + b" " * 1_000 + b'"}')

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize("scopes", [[], ["read", "decide", "manage", "learn", "models"]])
def test_key_without_submit_is_403_and_stores_nothing(client: Browser, scopes: list[str]) -> None:
    answer = post(client, {"url": PICTURE}, key(scopes=scopes)[1])

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert nothing_is_kept()


def test_person_cannot_submit_by_the_api(client: Browser) -> None:
    client.force_login(person(Role.ADMINISTRATOR))

    answer = client.post(URL, json.dumps({"url": PICTURE}), content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert nothing_is_kept()
