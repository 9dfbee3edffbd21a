"""Erasing by API: who may, what is answered, what is 410 afterwards, and what a foreign key learns."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from foundation import links
from moderation.clients.models import Role
from moderation.intake import orders
from moderation.intake.erasing import erase
from moderation.intake.models import AuthorErasure, Erasure, Submission
from moderation.verdicts import services
from tests.factories import SubmissionFactory, key, person, picture, said, stored

pytestmark = pytest.mark.django_db
V1 = "/api/v1"
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def of(client_key: Any, **fields: Any) -> Submission:
    return stored(SubmissionFactory.create(client=client_key.client, **fields), picture())


def test_receipt_says_what_was_erased(client: Browser) -> None:
    made, secret = key(scopes=["submit"])
    submission = of(made)
    services.record_analysis(submission, [said(0.9)], RAN)

    answer = client.delete(f"{V1}/submissions/{submission.pk}", headers=bearer(secret))

    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"id", "erased", "models_trained_on_it", "erased_at"}
    assert (body["id"], body["models_trained_on_it"]) == (submission.pk, [])
    assert {"events", "findings", "original", "verdicts"} <= set(body["erased"])
    assert body["erased_at"].endswith("Z")


PATHS = [
    ("get", ""),
    ("delete", ""),
    ("get", "/original"),
    ("get", "/preview.jpg"),
    ("get", "/thumbnail.jpg"),
    ("get", "/spectrum.png"),
    ("get", "/heatmaps/fnd_1.png"),
    ("get", "/overlays/fnd_1.png"),
    ("get", "/decisions"),
    ("post", "/decisions"),
    ("post", "/reports"),
    ("post", "/appeals"),
]
BODY = json.dumps({"label": "real", "expected": "real", "statement": "It is mine."})


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_everything_of_an_erased_submission_is_410_for_its_client_and_404_for_another(
    client: Browser, method: str, path: str
) -> None:
    made, secret = key()
    submission = of(made)
    erase(submission, actor="test")
    url = f"{V1}/submissions/{submission.pk}{path}"

    def asked(by: str) -> Any:
        body = {"data": BODY, "content_type": "application/json"} if method == "post" else {}
        return getattr(client, method)(url, headers=bearer(by), **body)

    mine, theirs = asked(secret), asked(key()[1])

    assert (mine.status_code, mine.json()["code"]) == (410, "gone")
    assert (theirs.status_code, theirs.json()["code"]) == (404, "not-found")


def test_signed_link_to_an_erased_picture_is_410(client: Browser, settings: Any) -> None:
    submission = of(key()[0])
    link = links.sign(f"{V1}/submissions/{submission.pk}/original", settings.LINK_LIFETIME)
    assert client.get(link).status_code == 200
    erase(submission, actor="test")

    answer = client.get(link)

    assert (answer.status_code, answer.json()["code"]) == (410, "gone")


def test_erased_submission_is_in_no_list(client: Browser) -> None:
    made, secret = key()
    gone, stays = of(made), of(made)
    erase(gone, actor="test")

    results = client.get(f"{V1}/submissions", headers=bearer(secret)).json()["results"]

    assert [one["id"] for one in results] == [stays.pk]


@pytest.mark.parametrize("scopes", [[], ["read", "decide", "manage", "learn", "models"]])
def test_key_without_submit_erases_nothing(client: Browser, scopes: list[str]) -> None:
    made, secret = key(scopes=scopes)
    submission = of(made, author_id="u1")

    for path in (f"submissions/{submission.pk}", "authors/u1"):
        answer = client.delete(f"{V1}/{path}", headers=bearer(secret))
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")

    assert Submission.objects.filter(pk=submission.pk).exists()
    assert not Erasure.objects.exists()
    assert not AuthorErasure.objects.exists()


def test_foreign_key_erases_nothing(client: Browser) -> None:
    submission = of(key()[0], author_id="u1")
    _, foreign = key()

    answer = client.delete(f"{V1}/submissions/{submission.pk}", headers=bearer(foreign))
    ordered = client.delete(f"{V1}/authors/u1", headers=bearer(foreign))
    orders.carry_out()

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert (ordered.status_code, ordered.json()["submissions"]) == (202, 0)
    assert Submission.objects.filter(pk=submission.pk).exists()
    assert not Erasure.objects.exists()


def test_person_erases_nothing_by_the_api(client: Browser) -> None:
    submission = of(key()[0], author_id="u1")
    client.force_login(person(Role.ADMINISTRATOR))

    for path in (f"submissions/{submission.pk}", "authors/u1"):
        assert client.delete(f"{V1}/{path}").status_code == 403
    assert Submission.objects.filter(pk=submission.pk).exists()


def test_author_is_erased_later_and_receipts_follow(client: Browser) -> None:
    made, secret = key()
    mine = {of(made, author_id="u/1 ä?").pk for _ in range(3)}
    of(made, author_id="u2")

    answer = client.delete(f"{V1}/authors/u%2F1%20%C3%A4%3F", headers=bearer(secret))

    body = answer.json()
    assert answer.status_code == 202
    assert (body["author_id"], body["submissions"]) == ("u/1 ä?", 3)
    assert Submission.objects.count() == 4
    assert client.get(f"{V1}/erasures", headers=bearer(secret)).json()["results"] == []
    assert orders.carry_out() == 3
    page = client.get(body["links"]["erasures"], headers=bearer(secret)).json()
    assert {one["id"] for one in page["results"]} == mine
    assert "u/1" not in json.dumps(page)


@pytest.mark.parametrize("author", ["x" * 201, "a%00b"])
def test_author_that_cannot_be_is_422(client: Browser, author: str) -> None:
    answer = client.delete(f"{V1}/authors/{author}", headers=bearer(key()[1]))

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert not AuthorErasure.objects.exists()


@pytest.mark.parametrize("identifier", ["sub_absent", "a%00b", "x" * 500, "..", "%F0%9F%98%80"])
def test_identifier_that_never_was_is_404(client: Browser, identifier: str) -> None:
    answer = client.delete(f"{V1}/submissions/{identifier}", headers=bearer(key()[1]))

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_receipts_are_pages_of_the_clients_own_the_latest_first(client: Browser) -> None:
    made, secret = key()
    gone = [erase(of(made), actor="test").submission for _ in range(3)][::-1]
    erase(of(key()[0]), actor="test")

    first = client.get(f"{V1}/erasures?limit=2", headers=bearer(secret)).json()
    second = client.get(first["next"], headers=bearer(secret)).json()

    assert [one["id"] for one in (*first["results"], *second["results"])] == gone
    assert (first["previous"], second["next"]) == (None, None)
    found = client.get(f"{V1}/erasures?submission={gone[1]}", headers=bearer(secret)).json()
    assert [one["id"] for one in found["results"]] == [gone[1]]


@pytest.mark.parametrize("query", ["author_id=u1", "limit=0", "created_after=noon", "submission=%00"])
def test_bad_query_of_receipts_is_422(client: Browser, query: str) -> None:
    answer = client.get(f"{V1}/erasures?{query}", headers=bearer(key()[1]))

    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, query.partition("=")[0])


def test_receipts_need_the_scope_read(client: Browser) -> None:
    assert client.get(f"{V1}/erasures", headers=bearer(key(scopes=["submit"])[1])).status_code == 403
    assert client.get(f"{V1}/erasures").status_code == 401


def test_replay_of_a_submission_that_was_erased_is_a_new_one(client: Browser) -> None:
    """The stored answer went with the submission: the same key and body submit again."""
    _, secret = key()
    headers = {**bearer(secret), "Idempotency-Key": "k1"}

    def post() -> Any:
        return client.post(f"{V1}/submissions", {"file": SimpleUploadedFile("a.png", picture())}, headers=headers)

    first = post().json()["id"]
    client.delete(f"{V1}/submissions/{first}", headers=bearer(secret))
    again = post()

    assert again.status_code == 202
    assert again.json()["id"] != first
