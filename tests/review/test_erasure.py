"""An erased submission takes its case, decisions, reports and appeals along, and leaves no words of theirs behind."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser

from moderation.audit.models import Entry
from moderation.clients.models import Client, Role
from moderation.events.models import Event
from moderation.intake.models import Submission
from moderation.review import objections, services
from moderation.review.models import Appeal, Case, Decision, Report
from moderation.review.services import Choice
from moderation.verdicts.models import HumanLabel
from tests.factories import ClientFactory, key, person
from tests.review.api_for_tests import SUBMISSIONS, get, judged, post

pytestmark = pytest.mark.django_db
WORDS = ("the raw file", "I took this", "seam at the collar")


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create()
    return made


def discussed(client: Client) -> Submission:
    """Return a submission with a report and an appeal that were decided, and another appeal that is open."""
    made, _ = key(client)
    submission = judged(client, 0.6)
    objections.report(submission, made, HumanLabel.REAL, "the raw file")
    objections.appeal(submission, made, "I took this")
    services.decide(Case.objects.get().pk, person(Role.MODERATOR), Choice("edited", note="seam at the collar"))
    objections.appeal(submission, made, "I took this")
    return submission


def erase(browser: Browser, secret: str, submission: Submission) -> Any:
    return browser.delete(f"{SUBMISSIONS}/{submission.pk}", headers={"authorization": f"Bearer {secret}"})


def test_everything_goes_and_the_receipt_names_it(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)
    submission = discussed(harbour)

    answer = erase(client, secret, submission)

    assert answer.status_code == 200
    assert {"cases", "decisions", "reports", "appeals", "verdicts"} <= set(answer.json()["erased"])
    for model in (Case, Decision, Report, Appeal):
        assert not model._default_manager.exists(), model
    assert get(client, secret, "/api/v1/reports").json()["results"] == []
    assert get(client, secret, "/api/v1/appeals").json()["results"] == []


def test_no_words_stay_in_events_or_in_the_log(client: Browser, harbour: Client) -> None:
    _, secret = key(harbour)
    erase(client, secret, discussed(harbour))

    kept = json.dumps([*Event.objects.values_list("body", flat=True), *Entry.objects.values_list("data", flat=True)])
    assert [word for word in WORDS if word in kept] == []


@pytest.mark.parametrize("what", ["decisions", "reports", "appeals"])
def test_afterwards_nothing_can_be_said_of_it(client: Browser, harbour: Client, what: str) -> None:
    _, secret = key(harbour)
    submission = discussed(harbour)
    erase(client, secret, submission)

    answer = post(client, secret, submission, what, {"label": "real", "expected": "real", "statement": "mine"})

    assert (answer.status_code, answer.json()["code"]) == (410, "gone")
    assert not Case.objects.exists()


def test_other_submissions_keep_theirs(client: Browser, harbour: Client) -> None:
    made, secret = key(harbour)
    submission, kept = discussed(harbour), judged(harbour, 0.6)
    objections.appeal(kept, made, "mine")

    erase(client, secret, submission)

    assert Appeal.objects.get().submission == kept
    assert Case.objects.get().submission == kept
