"""Who may do what: a key by its scopes, a person by role, for every method."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from moderation.clients.models import Role, Scope
from moderation.intake.models import Submission
from tests.factories import SubmissionFactory, key, person, picture

pytestmark = pytest.mark.django_db
URL = "/api/v1/submissions"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("method", ["get", "head"])
def test_only_read_reads(client: Browser, scope: Scope, method: str) -> None:
    made, secret = key(scopes=[scope])
    submission = SubmissionFactory.create(client=made.client)

    for path in (URL, f"{URL}/{submission.pk}"):
        status = getattr(client, method)(path, headers=bearer(secret)).status_code
        assert status == (200 if scope == Scope.READ else 403), path


@pytest.mark.parametrize("scope", list(Scope))
def test_only_submit_submits(client: Browser, scope: Scope) -> None:
    _, secret = key(scopes=[scope])

    answer = client.post(URL, {"file": SimpleUploadedFile("a.png", picture())}, headers=bearer(secret))

    assert answer.status_code == (202 if scope == Scope.SUBMIT else 403)
    assert Submission.objects.exists() is (scope == Scope.SUBMIT)


@pytest.mark.parametrize("method", ["get", "head"])
def test_nobody_reads_without_a_key(client: Browser, method: str) -> None:
    submission = SubmissionFactory.create()

    for path in (URL, f"{URL}/{submission.pk}", f"{URL}/{submission.pk}/original"):
        answer = getattr(client, method)(path)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer"), path


def test_head_of_another_clients_submission_is_404(client: Browser) -> None:
    submission = SubmissionFactory.create()

    assert client.head(f"{URL}/{submission.pk}", headers=bearer(key()[1])).status_code == 404


@pytest.mark.parametrize("path", [URL, f"{URL}/sub_1", f"{URL}/sub_1/original", "/api/schema/"])
def test_options_tells_the_methods_and_nothing_of_anybody(client: Browser, path: str) -> None:
    answer = client.options(path)

    assert answer.status_code == 200
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (None, 403),
        (Role.VIEWER, 200),
        (Role.AUDITOR, 200),
        (Role.MODERATOR, 200),
        (Role.LEAD, 200),
        (Role.ADMINISTRATOR, 200),
    ],
)
def test_person_reads_by_role(client: Browser, role: Role | None, status: int) -> None:
    submission = SubmissionFactory.create()
    client.force_login(person(role), BACKEND)

    for path in (URL, f"{URL}/{submission.pk}"):
        assert client.get(path).status_code == status, path


def test_person_who_left_reads_nothing(client: Browser) -> None:
    moderator = person(Role.MODERATOR)
    client.force_login(moderator, BACKEND)
    type(moderator).objects.filter(pk=moderator.pk).update(is_active=False)

    assert client.get(URL).status_code == 401


@pytest.mark.parametrize("role", list(Role))
def test_no_person_submits_by_session(role: Role) -> None:
    browser = Browser()
    browser.force_login(person(role), BACKEND)

    answer = browser.post(URL, {"file": SimpleUploadedFile("a.png", picture())})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert not Submission.objects.exists()


def test_session_without_its_csrf_token_is_403_and_a_key_needs_none() -> None:
    browser = Browser(enforce_csrf_checks=True)
    sent = {"file": SimpleUploadedFile("a.png", picture())}
    assert browser.post(URL, sent, headers=bearer(key()[1])).status_code == 202

    browser.force_login(person(Role.ADMINISTRATOR), BACKEND)
    answer = browser.post(URL, {"file": SimpleUploadedFile("a.png", picture())})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert "CSRF" in answer.json()["detail"]
