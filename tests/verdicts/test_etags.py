"""ETag and If-None-Match: a document is sent again when it changed, not when its links were signed anew."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from moderation.intake.models import Submission
from moderation.verdicts import services
from tests.factories import SubmissionFactory, key, said

pytestmark = pytest.mark.django_db
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


class Reader:
    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.key, self.secret = key()
        self.submission = SubmissionFactory.create(client=self.key.client)

    def read(self, **headers: str) -> Any:
        given = {"authorization": f"Bearer {self.secret}", **headers}
        return self.browser.get(f"/api/v1/submissions/{self.submission.pk}", headers=given)

    def knowing(self, *etags: str) -> Any:
        return self.read(**{"if-none-match": ", ".join(etags)})


@pytest.fixture
def reader(client: Browser) -> Reader:
    return Reader(client)


def test_unchanged_document_is_304_without_a_body(reader: Reader) -> None:
    etag = reader.read()["ETag"]

    again = reader.knowing(etag)

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert "Prefer" in again["Vary"]


@pytest.mark.parametrize("form", ["{0}", '"a", {0}', 'W/"b" , {0}', "{1}", "*"])
def test_known_etag_is_found_in_every_form_of_the_header(reader: Reader, form: str) -> None:
    etag = reader.read()["ETag"]

    assert etag.startswith('W/"')
    assert reader.knowing(form.format(etag, etag.removeprefix("W/"))).status_code == 304


@pytest.mark.parametrize("given", ["", '"other"', "nonsense", '"', "W/", "ä", ","])
def test_unknown_etag_gets_the_document(reader: Reader, given: str) -> None:
    assert reader.knowing(given).status_code == 200


def test_analysis_and_decision_each_change_the_etag(reader: Reader) -> None:
    seen = [reader.read()["ETag"]]
    services.record_analysis(reader.submission, [said(0.9)], RAN)
    seen.append(reader.read()["ETag"])
    services.revise_by_person(reader.submission, "real", {"id": "dec_1"}, timedelta(0))
    seen.append(reader.read()["ETag"])

    assert len(set(seen)) == 3
    assert reader.knowing(*seen[:2]).status_code == 200
    assert reader.knowing(*seen).status_code == 304


def test_links_that_are_signed_anew_change_nothing(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    services.record_analysis(reader.submission, [said(0.9)], RAN)
    reader.submission.findings.update(has_heatmap=True)
    first = reader.read()
    now = timezone.now().timestamp()
    monkeypatch.setattr("foundation.links.time.time", lambda: now + 100)

    second = reader.read()

    urls = [answer.json()["findings"][0]["heatmap_url"] for answer in (first, second)]
    assert urls[0] != urls[1]
    assert first["ETag"] == second["ETag"]


def test_heatmap_that_appears_changes_the_etag(reader: Reader) -> None:
    services.record_analysis(reader.submission, [said(0.9)], RAN)
    before = reader.read()["ETag"]
    reader.submission.findings.update(has_heatmap=True)

    assert reader.read()["ETag"] != before


def test_two_submissions_never_share_an_etag(reader: Reader) -> None:
    etag = reader.read()["ETag"]
    other: Submission = SubmissionFactory.create(client=reader.key.client)
    reader.submission = other

    assert reader.knowing(etag).status_code == 200


def test_foreign_key_learns_nothing_from_an_etag(reader: Reader) -> None:
    etag = reader.read()["ETag"]
    reader.secret = key()[1]

    assert reader.knowing(etag).status_code == 404
    assert reader.knowing("*").status_code == 404
