"""Provenance on the result page and the case page: what was found, how far to trust it, and what none means."""

from typing import Any

import pytest
from django.test import Client as Browser

from moderation.clients.models import Role
from moderation.intake.models import Submission
from moderation.portal import checks
from moderation.review.models import Case, CaseReason
from moderation.review.services import open_case
from moderation.verdicts import services as verdicts
from moderation.verdicts.provenance import Examined
from tests.factories import StoredImageFactory, SubmissionFactory, person, said, told

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}
NONE = "No provenance data was found. That says nothing about the image."
PAGES = ["result", "case"]


@pytest.fixture
def submission() -> Submission:
    image = StoredImageFactory.create(width=960, height=720, bytes=85_000)
    made: Submission = SubmissionFactory.create(client=image.client, image=image)
    return made


def page_of(which: str, submission: Submission, examined: Examined | None) -> str:
    verdicts.record_analysis(submission, [said(0.6)], RAN, examined)
    browser = Browser()
    if which == "result":
        session = browser.session
        session[checks.KEY] = [submission.pk]
        session.save()
        return browser.get(f"/results/{submission.pk}").content.decode()
    case = open_case(submission.pk, CaseReason.POLICY)
    assert isinstance(case, Case)
    browser.force_login(person(Role.MODERATOR), BACKEND)
    return browser.get(f"/review/cases/{case.pk}").content.decode()


@pytest.mark.parametrize("which", PAGES)
@pytest.mark.parametrize(
    ("trust", "chip", "words"),
    [
        ("signed", "Signed", "Signed by somebody on this site&#x27;s trust list, and unchanged since."),
        ("signed_untrusted", "Signed, not trusted", "Anyone can make such a signature"),
        ("forgeable", "Forgeable", "Anyone can write, change or remove this."),
    ],
)
def test_each_finding_is_shown_with_its_trust_in_words(
    submission: Submission, which: str, trust: str, chip: str, words: str
) -> None:
    page = page_of(which, submission, Examined([told(trust, "ai_generated", "c2pa")]))

    assert "<h3>C2PA manifest</h3>" in page
    assert f">{chip}</span>" in page
    assert "c2pa says ai_generated." in page
    assert f'<p class="fine">{words}' in page
    assert f'title="{words}' in page


@pytest.mark.parametrize("which", PAGES)
def test_none_found_says_nothing(submission: Submission, which: str) -> None:
    page = page_of(which, submission, Examined())

    assert NONE in page
    assert "Not examined" not in page


@pytest.mark.parametrize("which", PAGES)
def test_image_judged_before_is_not_examined(submission: Submission, which: str) -> None:
    page = page_of(which, submission, None)

    assert "Not examined" in page
    assert NONE not in page


def test_facts_of_a_manifest_are_shown_by_name(submission: Submission) -> None:
    manifest = told(
        "signed", "ai_generated", "c2pa", validation_state="trusted", claim_generator="Painter 3", signer="Studio"
    )
    page = page_of("result", submission, Examined([manifest]))

    for term, value in (("Signature", "holds, signer on the trust list"), ("Made with", "Painter 3")):
        assert f"<dt>{term}</dt><dd>{value}</dd>" in page


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"validation_state": "expired"}, "The certificate has expired"),
        ({"of_parent": True}, "does not vouch for the one that it was made from"),
    ],
)
def test_it_is_said_why_a_signature_is_not_trusted(submission: Submission, details: dict[str, Any], words: str) -> None:
    page = page_of("result", submission, Examined([told("signed_untrusted", "ai_generated", "c2pa", **details)]))

    assert words in page
    assert "Anyone can make such a signature" not in page


def test_unreadable_metadata_is_called_so(submission: Submission) -> None:
    page = page_of("result", submission, Examined([told("forgeable", "nothing", "exif", unreadable=True)]))

    assert ">Unreadable</span>" in page


def test_nothing_that_a_file_says_becomes_markup(submission: Submission) -> None:
    hostile: Any = told("forgeable", "nothing", "generator_text", text="<script>alert(1)</script>")
    hostile["summary"] = '"><img src=x onerror=alert(1)>'
    page = page_of("result", submission, Examined([hostile]))

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_kind_and_trust_of_a_later_version_are_shown_as_they_are(submission: Submission) -> None:
    page = page_of("result", submission, Examined([told("watermarked", "nothing", "watermark")]))

    assert "<h3>watermark</h3>" in page
    assert ">watermarked</span>" in page
