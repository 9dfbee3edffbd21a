"""Known pictures on the result page and the case page: what was known, how alike, and whom it leads to."""

import pytest
from django.test import Client as Browser

from moderation.clients.models import Role
from moderation.intake.models import Submission
from moderation.matching.models import Match
from moderation.portal import checks
from moderation.review.models import Case, CaseReason
from moderation.review.services import open_case
from moderation.verdicts import services as verdicts
from tests.factories import StoredImageFactory, SubmissionFactory, person, said

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}


@pytest.fixture
def submission() -> Submission:
    image = StoredImageFactory.create(width=960, height=720, bytes=85_000)
    made: Submission = SubmissionFactory.create(client=image.client, image=image)
    verdicts.record_analysis(made, [said(0.6)], RAN)
    return made


def result_of(submission: Submission) -> str:
    browser = Browser()
    session = browser.session
    session[checks.KEY] = [submission.pk]
    session.save()
    return browser.get(f"/results/{submission.pk}").content.decode()


def case_of(submission: Submission) -> str:
    case = open_case(submission.pk, CaseReason.POLICY)
    assert isinstance(case, Case)
    browser = Browser()
    browser.force_login(person(Role.MODERATOR), BACKEND)
    return browser.get(f"/review/cases/{case.pk}").content.decode()


def test_moderator_is_led_to_the_earlier_picture_of_the_same_bytes(submission: Submission) -> None:
    earlier = SubmissionFactory.create(client=submission.client)
    Match.objects.create(submission=submission, kind="exact", label="ai_generated", distance=0, other=earlier)

    page = case_of(submission)

    assert "<h3>The same file</h3>" in page
    assert "AI-generated" in page
    assert f'<a href="/review/submissions/{earlier.pk}">An earlier picture</a>' in page
    assert "bits of their perceptual hashes" not in page


def test_result_shows_how_far_a_near_copy_is_and_leads_nobody_to_it(submission: Submission) -> None:
    earlier = SubmissionFactory.create(client=submission.client)
    Match.objects.create(submission=submission, kind="near", label="edited", distance=6, other=earlier)

    page = result_of(submission)

    assert "<h3>A near copy</h3>" in page
    assert "6 of 256 bits of their perceptual hashes differ" in page
    assert earlier.pk not in page


def test_match_whose_picture_is_gone_says_so(submission: Submission) -> None:
    Match.objects.create(submission=submission, kind="exact", label="real", distance=0)

    assert "the picture that it was like is gone" in case_of(submission)


def test_pages_are_silent_where_nothing_is_known(submission: Submission) -> None:
    assert "Known images" not in result_of(submission)
    assert "Known images" not in case_of(submission)
