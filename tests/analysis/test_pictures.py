"""Originals, heatmaps and overlays: who may fetch them, and that no browser runs them."""

import io
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client as Browser
from PIL import Image

from detector.results import Box
from detector.results import Heatmap as DetectorMap
from moderation.analysis.results import Result
from moderation.intake.models import Submission
from moderation.verdicts import services
from moderation.verdicts.models import Finding
from tests.factories import StoredImageFactory, SubmissionFactory, key, picture, said, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def owner() -> tuple[Any, str]:
    return key()


@pytest.fixture
def finding(owner: tuple[Any, str]) -> Finding:
    client = owner[0].client
    image = StoredImageFactory.create(client=client, width=80, height=40)
    submission: Submission = stored(SubmissionFactory.create(client=client, image=image), picture(80, 40))
    map_ = DetectorMap(np.eye(4, dtype=np.uint8) * 255, Box(0, 0, 80, 40), (80, 40))
    one = services.Said(said(0.9).model, 0.9, 2.0, None, has_heatmap=True)
    findings = services.record_analysis(submission, [one], {"general": one.model.pk})
    Result([one], [map_], {}).keep_heatmaps(findings)
    return findings[0]


def links(browser: Browser, finding: Finding, secret: str) -> dict[str, Any]:
    answer = browser.get(f"/api/v1/submissions/{finding.submission_id}", headers={"authorization": f"Bearer {secret}"})
    found: dict[str, Any] = answer.json()["findings"][0]
    return found


@pytest.mark.parametrize("which", ["heatmap_url", "overlay_url"])
def test_signed_link_opens_without_a_key_and_fits_the_original(
    client: Browser, finding: Finding, owner: tuple[Any, str], which: str
) -> None:
    answer = client.get(links(client, finding, owner[1])[which])

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(answer.content)).size == (80, 40)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("inline; filename=")


def test_link_opens_nothing_but_its_own_path_and_not_for_ever(
    client: Browser, finding: Finding, owner: tuple[Any, str]
) -> None:
    link = links(client, finding, owner[1])["heatmap_url"]

    assert client.get(link.replace("heatmaps", "overlays")).status_code == 401
    assert client.get(link.replace("expires=", "expires=9")).status_code == 401
    assert client.get(link.partition("?")[0]).status_code == 401
    assert client.get(link.partition("?")[0] + "?expires=1&signature=x").status_code == 401


def test_expired_link_is_refused(client: Browser, finding: Finding, owner: tuple[Any, str], time_machine: Any) -> None:
    link = links(client, finding, owner[1])["heatmap_url"]

    time_machine.move_to(time.time() + 3601)

    assert client.get(link).status_code == 401


def test_key_with_read_opens_the_same_paths_and_a_foreign_one_does_not(
    client: Browser, finding: Finding, owner: tuple[Any, str]
) -> None:
    paths = [
        f"/api/v1/submissions/{finding.submission_id}/{kind}/{finding.pk}.png" for kind in ("heatmaps", "overlays")
    ]
    paths.append(f"/api/v1/submissions/{finding.submission_id}/original")
    for path in paths:
        assert client.get(path, headers={"authorization": f"Bearer {owner[1]}"}).status_code == 200
        assert client.get(path, headers={"authorization": f"Bearer {key()[1]}"}).status_code == 404


def test_original_is_the_bytes_that_came(client: Browser, finding: Finding, owner: tuple[Any, str]) -> None:
    answer = client.get(
        f"/api/v1/submissions/{finding.submission_id}/original", headers={"authorization": f"Bearer {owner[1]}"}
    )

    assert answer.content == picture(80, 40)
    assert answer["Content-Type"] == "image/png"


def test_finding_of_another_submission_is_404(client: Browser, finding: Finding, owner: tuple[Any, str]) -> None:
    other = SubmissionFactory.create(client=owner[0].client)

    answer = client.get(
        f"/api/v1/submissions/{other.pk}/heatmaps/{finding.pk}.png", headers={"authorization": f"Bearer {owner[1]}"}
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_lost_file_is_a_problem_not_a_traceback(
    client: Browser, finding: Finding, owner: tuple[Any, str], tmp_path: Path
) -> None:
    (tmp_path / finding.submission.picture.path).unlink()

    answer = client.get(
        f"/api/v1/submissions/{finding.submission_id}/original", headers={"authorization": f"Bearer {owner[1]}"}
    )

    assert (answer.status_code, answer.json()["code"]) == (410, "gone")
