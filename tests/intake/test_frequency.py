"""Spectrum and residual: drawn on demand, for whoever may see the picture."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from PIL import Image

from foundation import links
from moderation.clients.models import Role
from moderation.intake.models import Submission
from tests.factories import SubmissionFactory, key, person, picture, stored

KINDS = ["spectrum", "residual"]


@pytest.fixture
def submission(db: None, settings: Any, tmp_path: Path) -> Submission:
    settings.MEDIA_ROOT = tmp_path
    return stored(SubmissionFactory.create(), picture(640, 480))


def path_of(submission: Submission, kind: str) -> str:
    return f"/api/v1/submissions/{submission.pk}/{kind}.png"


@pytest.mark.parametrize(("kind", "size"), [("spectrum", (480, 480)), ("residual", (640, 480))])
def test_signed_link_opens_its_own_drawing_only(
    client: Browser, submission: Submission, settings: Any, kind: str, size: tuple[int, int]
) -> None:
    path = path_of(submission, kind)

    answer = client.get(links.sign(path, settings.LINK_LIFETIME))

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["X-Content-Type-Options"] == "nosniff"
    with Image.open(io.BytesIO(answer.content)) as image:
        assert (image.size, image.mode) == (size, "L")
    assert client.get(path).status_code == 401
    foreign = links.sign("/api/v1/other", settings.LINK_LIFETIME).replace("/api/v1/other", path)
    assert client.get(foreign).status_code == 401


@pytest.mark.parametrize("kind", KINDS)
def test_key_of_another_client_opens_nothing(client: Browser, submission: Submission, kind: str) -> None:
    answer = client.get(path_of(submission, kind), headers={"authorization": f"Bearer {key()[1]}"})

    assert answer.status_code == 404


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("role", "status"), [(Role.MODERATOR, 200), (Role.VIEWER, 200), (None, 403)])
def test_person_sees_it_by_role(
    client: Browser, submission: Submission, role: Role | None, status: int, kind: str
) -> None:
    client.force_login(person(role), "django.contrib.auth.backends.ModelBackend")

    assert client.get(path_of(submission, kind)).status_code == status


@pytest.mark.parametrize("kind", KINDS)
def test_lost_file_is_gone_not_a_failure(client: Browser, submission: Submission, kind: str, tmp_path: Path) -> None:
    (tmp_path / submission.picture.path).unlink()
    client.force_login(person(Role.MODERATOR), "django.contrib.auth.backends.ModelBackend")

    answer = client.get(path_of(submission, kind))

    assert (answer.status_code, answer.json()["code"]) == (410, "gone")
