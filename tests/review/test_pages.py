"""The moderators' pages: who may open them, what a case shows, deciding and undoing by form."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from moderation.clients.models import Person, Role
from moderation.events import services as events
from moderation.events.models import Event
from moderation.intake.models import Priority
from moderation.review import services
from moderation.review.models import Case, CaseReason, CaseState, Decision
from moderation.review.report import report_of
from moderation.review.services import Choice
from moderation.verdicts import services as verdicts
from moderation.verdicts.models import Verdict
from tests.factories import ClientFactory, StoredImageFactory, SubmissionFactory, person, said

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
RAN = {"general": "mdl_1", "face": "mdl_2", "edited": "mdl_3"}
BUTTONS = [("Real", "1"), ("AI-generated", "2"), ("Edited", "3"), ("Cannot tell", "4")]


def new_case(*probabilities: tuple[str, float], **fields: Any) -> Case:
    harbour = ClientFactory.create(name="Harbour")
    image = StoredImageFactory.create(client=harbour, width=960, height=720)
    submission = SubmissionFactory.create(client=harbour, image=image, **fields)
    found = [said(value, role) for role, value in probabilities or (("general", 0.6),)]
    verdicts.record_analysis(submission, found, RAN)
    case = services.open_case(submission.pk, CaseReason.POLICY)
    assert case
    return case


@pytest.fixture
def moderator() -> Person:
    return person(Role.MODERATOR, first_name="Mo", last_name="Derator")


@pytest.fixture
def browser(moderator: Person) -> Browser:
    signed_in = Browser()
    signed_in.force_login(moderator, BACKEND)
    return signed_in


def reader(role: Role | None) -> Browser:
    signed_in = Browser()
    signed_in.force_login(person(role), BACKEND)
    return signed_in


def page_of(browser: Browser, case: Case) -> str:
    answer = browser.get(f"/review/cases/{case.pk}")
    assert answer.status_code == 200
    return answer.content.decode()


def decide(browser: Browser, case: Case, **fields: str) -> Any:
    return browser.post(f"/review/cases/{case.pk}/decide", fields)


def test_stranger_is_asked_to_sign_in(client: Browser) -> None:
    case = new_case()

    for address in ("/review/", f"/review/cases/{case.pk}", f"/review/submissions/{case.submission_id}"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={address}")
    assert decide(client, case, label="real")["Location"].startswith("/accounts/login/")
    assert not Decision.objects.exists()


def test_account_without_a_role_is_refused_and_changes_nothing() -> None:
    case = new_case()
    browser = reader(None)

    assert browser.get("/review/").status_code == 403
    assert browser.get(f"/review/cases/{case.pk}").status_code == 403
    assert decide(browser, case, label="real").status_code == 403
    assert not Decision.objects.exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_reader_sees_the_case_but_no_buttons_and_cannot_decide(role: Role) -> None:
    case = new_case()
    browser = reader(role)

    page = page_of(browser, case)

    assert "Your role reads." in page
    assert 'name="label"' not in page
    assert decide(browser, case, label="real").status_code == 403
    assert Case.objects.get().state == CaseState.OPEN
    assert not Decision.objects.exists()


def test_empty_queue_says_so(browser: Browser) -> None:
    page = browser.get("/review/").content.decode()

    assert "Nothing waits." in page
    assert "<table" not in page


def test_queue_shows_each_case_with_client_verdict_and_reason(browser: Browser) -> None:
    case = new_case(("general", 0.62), ("edited", 0.3))

    page = browser.get("/review/").content.decode()

    assert f'href="/review/cases/{case.pk}"' in page
    assert f"Case {case.pk[-6:]}" in page
    for text in ("Harbour", "Uncertain", "0.62", "The policy asks for review"):
        assert text in page
    assert f'class="thumb veiled" src="/api/v1/submissions/{case.submission_id}/thumbnail.jpg"' in page


def test_queue_is_urgent_first_then_oldest(browser: Browser) -> None:
    low, first, second, high = (
        new_case(priority=priority) for priority in (Priority.LOW, Priority.NORMAL, Priority.NORMAL, Priority.HIGH)
    )

    page = browser.get("/review/").content.decode()

    places = [page.index(f'href="/review/cases/{case.pk}" class') for case in (high, first, second, low)]
    assert places == sorted(places)


def test_queue_asks_as_much_of_the_database_for_ten_cases_as_for_one(browser: Browser) -> None:
    new_case()
    with CaptureQueriesContext(connection) as for_one:
        browser.get("/review/")
    for _ in range(9):
        new_case()
    with CaptureQueriesContext(connection) as for_ten:
        browser.get("/review/")

    assert len(for_ten) == len(for_one)


def test_case_shows_the_evidence_and_the_four_buttons_with_their_keys(browser: Browser) -> None:
    case = new_case(("general", 0.62), ("edited", 0.3))

    page = page_of(browser, case)

    for word, key in BUTTONS:
        assert f'data-key="{key}" aria-keyshortcuts="{key}"' in page
        assert f"{word}<kbd" in page
    assert "Model general, version 1.0.0." in page
    assert 'aria-label="Probability 0.62. No class is named between 0.50 and 0.82."' in page
    assert "Held for review: the policy asks for review" in page
    assert "Received from Harbour" in page
    assert 'style="' not in page


def test_picture_is_blurred_until_a_moderator_reveals_it(browser: Browser) -> None:
    page = page_of(browser, new_case())

    assert 'name="blur" data-key="b" aria-keyshortcuts="B" checked' in page


def test_enter_in_the_note_decides_nothing(browser: Browser) -> None:
    page = page_of(browser, new_case())

    form = page[page.index('/decide"') :]
    assert form.index('<button type="submit" disabled hidden>') < form.index('name="label"')
    assert "<textarea" in form


def test_decision_is_kept_with_note_and_reason_and_leads_to_the_next_case(browser: Browser, moderator: Person) -> None:
    case, following = new_case(), new_case()

    answer = decide(browser, case, label="edited", reason_code="visual_artifacts", note="seam at the collar")

    assert (answer.status_code, answer["Location"]) == (302, f"/review/cases/{following.pk}")
    decision = Decision.objects.get()
    assert (decision.case, decision.person, decision.label) == (case, moderator, "edited")
    assert (decision.reason_code, decision.note) == ("visual_artifacts", "seam at the collar")
    assert Verdict.objects.get(submission=case.submission_id, is_current=True).label == "edited"


def test_last_decision_leads_to_the_empty_queue(browser: Browser) -> None:
    assert decide(browser, new_case(), label="real")["Location"] == "/review/"


def test_toast_offers_undo_on_the_next_page(browser: Browser) -> None:
    case = new_case()
    decide(browser, case, label="cannot_tell")

    page = browser.get("/review/").content.decode()

    assert f"Case {case.pk[-6:]} marked <strong>Cannot tell</strong>" in page
    assert f'action="/review/decisions/{Decision.objects.get().pk}/undo"' in page
    assert 'aria-keyshortcuts="U"' in page


def test_toast_is_for_the_person_who_decided(browser: Browser) -> None:
    decide(browser, new_case(), label="real")

    assert 'id="toast"' not in reader(Role.LEAD).get("/review/").content.decode()


def test_undo_opens_the_case_again(browser: Browser) -> None:
    case = new_case()
    decide(browser, case, label="real")

    answer = browser.post(f"/review/decisions/{Decision.objects.get().pk}/undo")

    assert answer["Location"] == f"/review/cases/{case.pk}"
    case.refresh_from_db()
    assert case.state == CaseState.OPEN
    page = page_of(browser, case)
    assert "You undid the decision" in page
    assert 'id="toast"' not in page


def test_undo_after_the_telling_says_that_it_is_too_late(browser: Browser) -> None:
    case = new_case()
    decide(browser, case, label="real")
    decision = Decision.objects.get()
    Event.objects.update(not_before=decision.decided_at)
    events.dispatch_due()

    answer = browser.post(f"/review/decisions/{decision.pk}/undo")

    assert answer.status_code == 409
    assert "It is too late to undo" in answer.content.decode()
    case.refresh_from_db()
    assert case.state == CaseState.DECIDED


def test_nobody_undoes_what_another_decided(browser: Browser) -> None:
    decide(browser, new_case(), label="real")

    answer = reader(Role.LEAD).post(f"/review/decisions/{Decision.objects.get().pk}/undo")

    assert answer.status_code == 403
    assert Decision.objects.get().undone_at is None


def test_case_decided_meanwhile_says_so_and_shows_the_decision(browser: Browser) -> None:
    case = new_case()
    services.decide(case.pk, person(Role.LEAD, first_name="Lea", last_name="Der"), Choice("ai_generated"))

    answer = decide(browser, case, label="real")

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody decided this case before you." in page
    assert "<strong>Lea Der</strong> decided <strong>AI-generated</strong>" in page
    assert 'name="label"' not in page
    assert Decision.objects.count() == 1


def test_decided_case_shows_who_decided_what_and_the_way_on(browser: Browser) -> None:
    case, following = new_case(), new_case()
    decide(browser, case, label="edited", reason_code="metadata", note="shot in 1998, says the file")

    page = page_of(browser, case)

    assert "<strong>Mo Derator</strong> decided <strong>Edited</strong>" in page
    assert "You decided: Edited (metadata)" in page
    assert "“shot in 1998, says the file”" in page
    assert 'action="/review/next"' in page
    assert browser.post("/review/next")["Location"] == f"/review/cases/{following.pk}"


@pytest.mark.parametrize(
    "fields",
    [{}, {"label": "fake"}, {"label": "real", "reason_code": "because"}, {"label": "real", "note": "x" * 2001}],
)
def test_impossible_decision_is_refused_with_its_fault(browser: Browser, fields: dict[str, str]) -> None:
    case = new_case()

    answer = decide(browser, case, **fields)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Decision.objects.exists()
    case.refresh_from_db()
    assert case.state == CaseState.OPEN


def test_note_and_names_are_escaped(browser: Browser) -> None:
    case = new_case(external_id="<script>alert(1)</script>", file_name="<img src=x>.png")
    decide(browser, case, label="real", note="<b>bold</b>")

    page = page_of(browser, case)

    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page


def test_failed_analysis_is_shown_as_such_and_can_be_decided(browser: Browser) -> None:
    submission = SubmissionFactory.create()
    verdicts.record_failure(submission, "internal", "Analysis failed 3 times.")
    events.dispatch_due()
    case = Case.objects.get()

    page = page_of(browser, case)

    assert "Not judged" in page
    assert "Analysis failed 3 times." in page
    assert decide(browser, case, label="cannot_tell").status_code == 302


def test_submission_leads_to_its_case(browser: Browser) -> None:
    case = new_case()

    assert browser.get(f"/review/submissions/{case.submission_id}")["Location"] == f"/review/cases/{case.pk}"


@pytest.mark.parametrize("address", ["/review/cases/case_none", "/review/submissions/sub_none"])
def test_what_does_not_exist_is_a_page_that_says_so(browser: Browser, address: str) -> None:
    answer = browser.get(address)

    assert answer.status_code == 404
    assert "Nothing here" in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_deciding_takes_a_post(browser: Browser, method: str) -> None:
    case = new_case()

    assert getattr(browser, method)(f"/review/cases/{case.pk}/decide").status_code == 405


def test_deciding_needs_the_form_s_token(moderator: Person) -> None:
    case = new_case()
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(moderator, BACKEND)

    assert decide(browser, case, label="real").status_code == 403
    assert not Decision.objects.exists()


def test_report_reads_general_then_faces_then_edits() -> None:
    case = new_case(("edited", 0.1), ("general", 0.6))
    verdict_only = report_of(case.submission)

    assert [finding.switch for finding in verdict_only.findings] == ["General", "Edited"]
    assert [role.chip for role in verdict_only.silent] == ["No face"]
    assert verdict_only.layers == []
