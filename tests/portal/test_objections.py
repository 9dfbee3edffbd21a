"""Saying that an answer is wrong from the pages: reports of anybody who sees it, appeals of the author."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from foundation import links
from moderation.audit.models import Entry
from moderation.clients.models import Role
from moderation.events import services as events
from moderation.events.models import Event
from moderation.intake.models import Priority, Submission
from moderation.portal import limits, sharing
from moderation.review import objections, services
from moderation.review.models import Appeal, Case, CaseReason, Decision, Report
from moderation.review.services import Choice
from moderation.verdicts import document
from moderation.verdicts.models import HumanLabel
from tests.factories import ClientFactory, SubmissionFactory, key, person
from tests.portal.visits_for_tests import judged, of_browser, of_person, signed_in, text_of

pytestmark = pytest.mark.django_db
WRONG = {"expected": "real", "note": "I have the negative."}
STATEMENT = {"statement": "I took this picture myself."}


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was counted, in place of the counter that outlives a test."""
    found: list[str] = []
    monkeypatch.setattr(limits, "spend", lambda request, what, quota: found.append(f"{what} {quota}"))
    return found


@pytest.fixture
def mine(client: Browser, spent: list[str]) -> Submission:
    return of_browser(client, judged())


def appeal_page(submission: Submission) -> str:
    """Return the address that the client finds in its document."""
    address: str = document.signed(submission, "")["links"]["appeal"]
    return address


def told(submission: Submission) -> list[str]:
    return list(Event.objects.filter(subject=submission.pk).order_by("id").values_list("type", flat=True))


def test_visitor_s_report_opens_a_case_and_is_thanked_for(client: Browser, mine: Submission, spent: list[str]) -> None:
    answer = client.post(f"/results/{mine.pk}/report", WRONG, follow=True)

    report, case = Report.objects.get(), Case.objects.get()
    assert "Thank you. Your report was kept" in text_of(answer)
    assert (report.expected, report.note, report.revision, report.by_visitor) == ("real", WRONG["note"], 1, True)
    assert (case.reason, case.submission_id, case.state) == (CaseReason.REPORT, mine.pk, "open")
    assert Entry.objects.get(action="report.made").actor == "visitor"
    assert spent == ["objection 10"]


def test_who_has_the_link_reports_without_an_account(mine: Submission) -> None:
    address = sharing.path_of(sharing.share(mine))

    answer = Browser().post(address, WRONG)

    assert answer["Location"] == address
    assert Report.objects.get().submission == mine


def test_report_of_an_account_stands_under_it_in_the_log(spent: list[str]) -> None:
    owner = person()
    mine = of_person(owner, judged())

    signed_in(owner).post(f"/results/{mine.pk}/report", WRONG)

    assert Entry.objects.get(action="report.made").actor == owner.actor()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"expected": ""},
        {"expected": "fake"},
        {"expected": "cannot_tell"},
        {"expected": "real\x00"},
        {"expected": "real", "note": "\x00"},
        {"expected": "real", "note": "x" * 2001},
    ],
)
def test_report_that_says_nothing_is_refused_and_kept_nowhere(
    client: Browser, mine: Submission, body: dict[str, str], spent: list[str]
) -> None:
    answer = client.post(f"/results/{mine.pk}/report", body)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Report.objects.exists()
    assert not Case.objects.exists()
    assert spent == []


def test_report_needs_the_form_s_token(mine: Submission) -> None:
    strict = Browser(enforce_csrf_checks=True)
    of_browser(strict, mine)

    assert strict.post(f"/results/{mine.pk}/report", WRONG).status_code == 403
    assert strict.post(sharing.path_of(sharing.share(mine)), WRONG).status_code == 403
    assert not Report.objects.exists()


@pytest.mark.parametrize("role", [None, *Role])
def test_stranger_s_result_takes_no_report(mine: Submission, role: Role | None) -> None:
    answer = signed_in(person(role)).post(f"/results/{mine.pk}/report", WRONG)

    assert answer.status_code == (404 if role is None else 302)
    assert Report.objects.exists() is (role is not None)
    assert Browser().post(f"/results/{mine.pk}/report", WRONG).status_code == 404


def test_further_reports_wait_beside_the_first_and_move_nothing(mine: Submission) -> None:
    objections.report_by_visitor(mine, None, HumanLabel.REAL)
    before = Case.objects.values().get()

    objections.report_by_visitor(mine, None, HumanLabel.EDITED)

    assert Case.objects.values().get() == before
    assert Report.objects.count() == 2
    assert Entry.objects.filter(action__in=["case.opened", "case.raised"]).count() == 1


def test_report_against_a_person_s_decision_opens_nothing_again(mine: Submission) -> None:
    objections.report_by_visitor(mine, None, HumanLabel.REAL)
    services.decide(Case.objects.get().pk, person(Role.MODERATOR), Choice("ai_generated"))

    made = objections.report_by_visitor(mine, None, HumanLabel.REAL)

    assert Case.objects.get().state == "decided"
    assert made.decision is None
    assert Report.objects.exclude(pk=made.pk).get().outcome == "rejected"


def test_many_reports_are_enough(client: Browser, mine: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objections, "OPEN_REPORTS", 2)
    for _ in range(2):
        objections.report_by_visitor(mine, None, HumanLabel.REAL)

    answer = client.post(f"/results/{mine.pk}/report", WRONG)

    assert answer.status_code == 409
    assert "Many people have said so already." in answer.content.decode()
    assert Report.objects.count() == 2


def test_one_address_reports_only_so_often(client: Browser, settings: Any) -> None:
    settings.OBJECTIONS_PER_HOUR = 1
    mine = of_browser(client, judged())
    browser: dict[str, Any] = {"REMOTE_ADDR": "203.0.113.77"}
    client.post(f"/results/{mine.pk}/report", WRONG, **browser)

    answer = client.post(f"/results/{mine.pk}/report", WRONG, **browser)

    assert (answer.status_code, Report.objects.count()) == (429, 1)
    assert 3500 < int(answer["Retry-After"]) <= 3600
    assert "That was 1 within an hour." in answer.content.decode()
    other = client.post(f"/results/{mine.pk}/report", WRONG, REMOTE_ADDR="203.0.113.78")
    assert other.status_code == 302


def test_reporting_before_there_is_an_answer_is_a_conflict(client: Browser, spent: list[str]) -> None:
    waiting = of_browser(client, SubmissionFactory.create())

    assert client.post(f"/results/{waiting.pk}/report", WRONG).status_code == 409
    assert not Case.objects.exists()


def test_document_gives_the_client_a_link_for_the_author(spent: list[str]) -> None:
    _, secret = key(ClientFactory.create())
    waiting = SubmissionFactory.create()
    mine = judged(client=ClientFactory.create())

    assert document.signed(waiting, "https://assay.example")["links"]["appeal"] is None
    assert document.frozen(mine)["links"]["appeal"] is None
    assert appeal_page(mine).startswith(f"/appeals/{mine.pk}?expires=")
    assert Browser().get(appeal_page(mine)).status_code == 200
    assert secret not in text_of(Browser().get(appeal_page(mine)))


def test_author_appeals_by_the_link_and_finds_the_outcome_there(spent: list[str]) -> None:
    mine = judged(client=ClientFactory.create())
    address, author = appeal_page(mine), Browser()
    assert "Probably AI-generated" in text_of(author.get(address))

    page = text_of(author.post(address, STATEMENT, follow=True))

    appeal, case = Appeal.objects.get(), Case.objects.get()
    assert "The appeal is open" in page
    assert "Send the appeal" not in page
    assert (appeal.statement, appeal.person, case.reason) == (STATEMENT["statement"], None, CaseReason.APPEAL)
    assert case.priority == Priority.HIGH
    assert told(mine)[-1] == "appeal.opened"
    assert Entry.objects.get(action="appeal.opened").actor == "visitor"
    services.decide(case.pk, person(Role.MODERATOR), Choice("real"))
    page = text_of(author.get(address))
    assert "The appeal changed the answer" in page
    assert "A moderator decided: real" in page
    assert told(mine)[-1] == "appeal.decided"


def test_appeal_by_link_is_not_decided_by_who_decided_before(spent: list[str]) -> None:
    moderator, mine = person(Role.MODERATOR), judged(0.6)
    services.decide(Case.objects.get().pk, moderator, Choice("ai_generated"))
    Event.objects.update(not_before=timezone.now())
    events.dispatch_due()
    Browser().post(appeal_page(mine), STATEMENT)

    with pytest.raises(Exception, match="You made the decision"):
        services.decide(Case.objects.get().pk, moderator, Choice("real"))

    assert Decision.objects.count() == 1
    assert Appeal.objects.get().decided_at is None


def test_second_appeal_waits_for_the_first(spent: list[str]) -> None:
    mine = judged()
    Browser().post(appeal_page(mine), STATEMENT)

    assert Browser().post(appeal_page(mine), STATEMENT).status_code == 409
    assert Appeal.objects.count() == 1


@pytest.mark.parametrize("statement", ["", "   ", "x" * 4001, "\x00"])
def test_appeal_that_says_nothing_is_refused(statement: str, spent: list[str]) -> None:
    mine = judged()

    answer = Browser().post(appeal_page(mine), {"statement": statement})

    assert answer.status_code == 422
    assert not Appeal.objects.exists()
    assert spent == []


def test_owner_with_an_account_appeals_without_a_link(spent: list[str]) -> None:
    owner = person()
    mine = of_person(owner, judged())
    browser = signed_in(owner)
    assert "appeal against it" in text_of(browser.get(f"/results/{mine.pk}"))

    browser.post(f"/appeals/{mine.pk}", STATEMENT)

    assert Appeal.objects.get().person == owner
    assert Entry.objects.get(action="appeal.opened").actor == owner.actor()
    assert "Your appeal is open." in text_of(browser.get(f"/results/{mine.pk}"))


@pytest.mark.parametrize("role", [None, *Role])
def test_appeal_page_opens_to_nobody_else(client: Browser, mine: Submission, role: Role | None) -> None:
    late = links.sign_until(f"/appeals/{mine.pk}", timezone.now() - timedelta(seconds=2))
    other = appeal_page(judged(shade=1)).replace(Submission.objects.latest("id").pk, mine.pk)
    stranger = signed_in(person(role))

    for address in (f"/appeals/{mine.pk}", late, other, "/appeals/%00", "/appeals/none?expires=1&signature=x"):
        for browser in (client, stranger):
            assert browser.get(address).status_code == 404
            assert browser.post(address, STATEMENT).status_code == 404
    assert not Appeal.objects.exists()


def test_appeal_before_there_is_an_answer_is_a_conflict(spent: list[str]) -> None:
    waiting = SubmissionFactory.create()
    address = links.sign_until(f"/appeals/{waiting.pk}", timezone.now() + timedelta(hours=1))

    assert "There is no answer yet" in text_of(Browser().get(address))
    assert Browser().post(address, STATEMENT).status_code == 409
    assert not Case.objects.exists()
