"""The result page: progress in words, then the verdict with its evidence, its doubts and its limits."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from moderation.clients.models import Role
from moderation.events import services as events
from moderation.intake.models import State, Submission
from moderation.portal import checks
from moderation.review.models import Case, CaseReason
from moderation.review.services import Choice, decide, open_case
from moderation.verdicts import services as verdicts
from tests.factories import StoredImageFactory, SubmissionFactory, person, said

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def submission(client: Browser) -> Submission:
    image = StoredImageFactory.create(width=960, height=720, bytes=85_000)
    made: Submission = SubmissionFactory.create(client=image.client, image=image, file_name="portrait.jpg")
    session = client.session
    session[checks.KEY] = [made.pk]
    session.save()
    return made


def page_of(browser: Browser, submission: Submission) -> str:
    answer = browser.get(f"/results/{submission.pk}")
    assert answer.status_code == 200
    return answer.content.decode()


def judge(submission: Submission, *probabilities: tuple[str, float], ran: Any = None) -> None:
    found = [said(value, role, [1, 2, 3, 4] if role == "face" else None) for role, value in probabilities]
    verdicts.record_analysis(submission, found, RAN if ran is None else ran)


def test_progress_is_said_in_words_and_polled_for(client: Browser, submission: Submission) -> None:
    page = page_of(client, submission)

    assert "Waiting for its turn." in page
    assert f'hx-get="/results/{submission.pk}/status?stage=queued"' in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert [page.count(f'data-state="{state}"') for state in ("done", "now", "todo")] == [1, 1, 2]


def test_poll_answers_nothing_while_nothing_changed(client: Browser, submission: Submission) -> None:
    answer = client.get(f"/results/{submission.pk}/status?stage=queued", headers=HTMX)

    assert (answer.status_code, answer.content) == (204, b"")


def test_poll_answers_with_the_next_stage_and_then_the_verdict(client: Browser, submission: Submission) -> None:
    Submission.objects.update(state=State.ANALYSING)
    running = client.get(f"/results/{submission.pk}/status?stage=queued", headers=HTMX).content.decode()
    judge(submission, ("general", 0.93))
    done = client.get(f"/results/{submission.pk}/status?stage=analysing", headers=HTMX).content.decode()

    assert "?stage=analysing" in running
    assert "<html" not in running
    assert "<title>Probably AI-generated · Assay</title>" in done
    assert "hx-get" not in done


def test_poll_without_htmx_leads_to_the_page(client: Browser, submission: Submission) -> None:
    answer = client.get(f"/results/{submission.pk}/status")

    assert answer["Location"] == f"/results/{submission.pk}"


def test_long_wait_is_admitted(client: Browser, submission: Submission) -> None:
    assert "longer than usual" not in page_of(client, submission)
    Submission.objects.update(created_at=timezone.now() - timedelta(seconds=21))

    assert "longer than usual" in page_of(client, submission)
    assert client.get(f"/results/{submission.pk}/status?stage=queued", headers=HTMX).status_code == 200


@pytest.mark.parametrize(
    ("probability", "headline", "chip"),
    [
        (0.93, "Probably AI-generated", 'data-v="ai"'),
        (0.58, "Uncertain", 'data-v="uncertain"'),
        (0.05, "No sign of AI or editing", 'data-v="real"'),
    ],
)
def test_verdict_is_a_headline_with_its_reason(
    client: Browser, submission: Submission, probability: float, headline: str, chip: str
) -> None:
    judge(submission, ("general", probability))

    page = page_of(client, submission)

    assert f'<h1 id="verdict">{headline}</h1>' in page
    assert f'class="verdict" {chip}' in page
    assert f"<title>{headline} · Assay</title>" in page


def test_no_sign_is_never_called_proof(client: Browser, submission: Submission) -> None:
    judge(submission, ("general", 0.05), ("edited", 0.02))

    page = page_of(client, submission)

    assert "No sign found is no proof." in page
    assert "That is no proof that the picture is authentic." in page


@pytest.mark.parametrize("probability", [0.05, 0.58, 0.93])
def test_page_says_what_it_cannot_know_and_advises_no_action(
    client: Browser, submission: Submission, probability: float
) -> None:
    judge(submission, ("general", probability))

    page = page_of(client, submission)

    assert "What this cannot know" in page
    assert "A score is no proof." in page
    assert 'class="chip act"' not in page
    assert "Not examined" in page


def test_each_model_is_named_with_version_probability_and_zone(client: Browser, submission: Submission) -> None:
    judge(submission, ("general", 0.93), ("edited", 0.11))

    page = page_of(client, submission)

    assert "Model general, version 1.0.0." in page
    assert 'aria-label="Probability 0.93. No class is named between 0.50 and 0.82."' in page
    assert 'aria-label="Probability 0.11. No class is named between 0.50 and 0.70."' in page
    assert 'style="' not in page


def test_faces_are_numbered_and_boxed_in_pixels_of_the_picture(client: Browser, submission: Submission) -> None:
    judge(submission, ("face", 0.2), ("face", 0.9))

    page = page_of(client, submission)

    assert "Face 1 of 2" in page
    assert "Face 2 of 2" in page
    assert 'viewBox="0 0 960 720"' in page
    assert page.count('<rect class="under" x="1" y="2" width="3" height="4"/>') == 2


def test_role_that_found_no_face_says_so(client: Browser, submission: Submission) -> None:
    judge(submission, ("general", 0.1))

    page = page_of(client, submission)

    assert "No face was found, so the face model had nothing to look at." in page


def test_role_that_did_not_run_says_so(client: Browser, submission: Submission) -> None:
    judge(submission, ("general", 0.1), ran={"general": "mdl_1"})

    page = page_of(client, submission)

    assert page.count("No model was in service for this role.") == 2
    assert "Uncertain" in page


def test_caveats_of_the_model_are_shown(client: Browser, submission: Submission) -> None:
    told = said(0.93)
    told.model.card = {"caveats": ["never trained on drawings"]}
    told.model.save()
    verdicts.record_analysis(submission, [told], RAN)

    assert "Never trained on drawings." in page_of(client, submission)


def test_failed_analysis_says_why_and_judges_nothing(client: Browser, submission: Submission) -> None:
    verdicts.record_failure(submission, "internal", "Analysis failed 3 times.")

    page = page_of(client, submission)

    assert "<h1>Not judged</h1>" in page
    assert "Analysis failed 3 times." in page
    assert "That says nothing about the picture." in page
    assert "data-v=" not in page


def test_persons_decision_is_told_as_such(client: Browser, submission: Submission) -> None:
    judge(submission, ("general", 0.6))
    events.dispatch_due()
    decide(Case.objects.get().pk, person(Role.MODERATOR), Choice("edited", note="seam at the collar"))

    page = page_of(client, submission)

    assert "A moderator decided: edited" in page
    assert "seam at the collar" not in page


def test_others_result_looks_like_none(submission: Submission) -> None:
    stranger = Browser()

    for address in (f"/results/{submission.pk}", f"/results/{submission.pk}/status", "/results/sub_none"):
        assert stranger.get(address, headers=HTMX).status_code == 404


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 200), (Role.MODERATOR, 200), (None, 404)])
def test_account_opens_a_result_by_role(submission: Submission, role: Role | None, status: int) -> None:
    browser = Browser()
    browser.force_login(person(role), BACKEND)

    assert browser.get(f"/results/{submission.pk}").status_code == status


def test_reviewer_is_led_to_the_case_and_others_are_not(client: Browser, submission: Submission) -> None:
    judge(submission, ("general", 0.6))
    case = open_case(submission.pk, CaseReason.POLICY)
    assert case
    reviewer = Browser()
    reviewer.force_login(person(Role.MODERATOR), BACKEND)

    assert f"/review/cases/{case.pk}" in page_of(reviewer, submission)
    assert "/review/" not in page_of(client, submission)


def test_pictures_are_signed_for_those_without_an_account(client: Browser, submission: Submission) -> None:
    judge(submission, ("general", 0.6))

    page = page_of(client, submission)

    assert f'src="/api/v1/submissions/{submission.pk}/preview.jpg?expires=' in page
    assert "signature=" in page


def test_result_cannot_be_posted_to(client: Browser, submission: Submission) -> None:
    assert client.post(f"/results/{submission.pk}").status_code == 405


def test_frequency_view_is_offered_closed_by_signed_links(client: Browser, submission: Submission) -> None:
    judge(submission, ("general", 0.93))

    page = page_of(client, submission)

    assert '<details class="finding frequency"><summary>Frequency view' in page
    for kind in ("spectrum", "residual"):
        assert f'<img src="/api/v1/submissions/{submission.pk}/{kind}.png?expires=' in page
    assert "Neither proves anything by itself" in page


@pytest.mark.parametrize(
    ("explanation", "words"),
    [
        ("none", "No heatmap: this model&#x27;s maps did not pass their checks, so they are not shown as evidence."),
        ("grad-cam", "No heatmap was kept."),
    ],
)
def test_finding_without_heatmap_says_why(
    client: Browser, submission: Submission, explanation: str, words: str
) -> None:
    one = said(0.93)
    one.model.card["explanation"] = explanation
    one.model.save()
    verdicts.record_analysis(submission, [one], {"general": one.model.pk})

    page = page_of(client, submission)

    assert words in page
    assert "Picture with heatmap" not in page
    assert "<legend>Heatmap</legend>" not in page
