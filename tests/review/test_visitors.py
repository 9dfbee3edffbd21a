"""Objections from the pages, as the review side sees them: whose they are, and who may not judge them."""

from typing import Any

import pytest
from django.test import Client as Browser

from foundation.problems import Problem
from moderation.clients.models import Client, Role
from moderation.matching.models import Match
from moderation.review import objections, services
from moderation.review.models import Appeal, Case, Report
from moderation.review.report import report_of
from moderation.review.services import Choice
from moderation.verdicts.models import HumanLabel, Verdict
from tests.factories import ClientFactory, key, person
from tests.review.api_for_tests import get, judged, standing

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create()
    return made


def case_page(reader: Any) -> str:
    browser = Browser()
    browser.force_login(reader, BACKEND)
    return browser.get(f"/review/cases/{Case.objects.get().pk}").content.decode()


def test_client_finds_a_visitor_s_report_as_such(client: Browser, harbour: Client) -> None:
    submission = judged(harbour)
    objections.report_by_visitor(submission, None, HumanLabel.REAL, "seen elsewhere")

    found = get(client, key(harbour)[1], "/api/v1/reports").json()["results"]

    assert [(one["by"], one["expected"], one["note"]) for one in found] == [("visitor", "real", "seen elsewhere")]


def test_moderator_is_told_who_says_it(harbour: Client) -> None:
    submission = judged(harbour)
    objections.report_by_visitor(submission, None, HumanLabel.REAL)
    objections.report(submission, key(harbour)[0], HumanLabel.EDITED)

    page = case_page(person(Role.MODERATOR))

    assert "A visitor holds it to be: Real" in page
    assert "The client expects Edited" in page


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.LEAD, Role.ADMINISTRATOR])
def test_nobody_decides_an_appeal_of_their_own(harbour: Client, role: Role) -> None:
    author, submission = person(role), judged(harbour)
    objections.appeal(submission, author, "I took this picture myself.")

    with pytest.raises(Problem, match="You opened this appeal"):
        services.decide(Case.objects.get().pk, author, Choice("real"))

    assert Appeal.objects.get().decided_at is None
    assert standing(submission).revision == 1
    services.decide(Case.objects.get().pk, person(Role.MODERATOR), Choice("real"))
    assert Appeal.objects.get().outcome == "upheld"


def test_visitor_s_report_is_settled_like_any_other(harbour: Client) -> None:
    submission = judged(harbour)
    objections.report_by_visitor(submission, None, HumanLabel.REAL)

    services.decide(Case.objects.get().pk, person(Role.MODERATOR), Choice("real"))

    assert Report.objects.get().outcome == "upheld"


@pytest.mark.parametrize(
    ("code", "headline"),
    [
        ("known_image_exact", "Known here as AI-generated"),
        ("known_image_near", "Probably AI-generated"),
        ("general_above_label", "Probably AI-generated"),
    ],
)
def test_what_people_know_of_this_very_file_is_surer_than_probable(harbour: Client, code: str, headline: str) -> None:
    submission = judged(harbour)
    Match.objects.create(submission=submission, kind="exact", label="ai_generated", distance=0)
    Verdict.objects.update(reasons=[{"code": code, "text": "because"}])

    assert report_of(submission).headline == headline
