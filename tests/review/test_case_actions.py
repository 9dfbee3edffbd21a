"""What the buttons of a case's page do: claim, keep, give back, skip, escalate, look first and decide then."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from moderation.clients.models import Person, Role
from moderation.review import claims
from moderation.review.models import Case, CaseReason, CaseState, Decision, Queue, Skip
from moderation.review.services import open_case
from moderation.verdicts import services as verdicts
from tests.factories import SubmissionFactory, person, said

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
JSON = {"accept": "application/json"}
BUTTONS = ("claim", "extend", "release", "skip", "escalate", "decide", "revealed")


def new_case(probability: float = 0.6) -> Case:
    submission = SubmissionFactory.create()
    verdicts.record_analysis(submission, [said(probability)], {"general": "mdl_1"})
    case = open_case(submission.pk, CaseReason.POLICY)
    assert case
    return case


@pytest.fixture
def moderator() -> Person:
    return person(Role.MODERATOR, first_name="Mo", last_name="Derator")


@pytest.fixture
def browser(moderator: Person) -> Browser:
    return browser_of(moderator)


def browser_of(somebody: Person) -> Browser:
    signed_in = Browser()
    signed_in.force_login(somebody, BACKEND)
    return signed_in


def press(browser: Browser, case: Case, button: str, **fields: Any) -> Any:
    return browser.post(f"/review/cases/{case.pk}/{button}", fields)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def page_of(browser: Browser, case: Case) -> str:
    return str(browser.get(f"/review/cases/{case.pk}").content.decode())


def test_holder_gives_the_case_to_a_colleague_and_goes_on(browser: Browser, moderator: Person) -> None:
    case, following, expert = new_case(), new_case(), person(Role.MODERATOR, first_name="Ex", last_name="Pert")
    browser.post("/review/next")
    assert "Ex Pert" in page_of(browser, case)

    assert press(browser, case, "reassign", give="person:99999999").status_code == 422
    answer = press(browser, case, "reassign", give=expert.actor(), note="your field")

    assert answer["Location"] == f"/review/cases/{following.pk}"
    assert (fresh(case).assigned_to, fresh(case).claimed_by) == (expert, None)
    assert browser_of(expert).post("/review/next")["Location"] == f"/review/cases/{case.pk}"


def test_claim_next_opens_the_most_urgent_case_and_it_is_theirs(browser: Browser, moderator: Person) -> None:
    case = new_case()

    assert browser.post("/review/next")["Location"] == f"/review/cases/{case.pk}"

    assert fresh(case).claimed_by == moderator
    page = page_of(browser, case)
    assert "Yours for" in page
    assert re.search(r'data-seconds="59\d" data-whole="600"', page)


def test_queue_in_which_the_person_works_names_the_next_case(browser: Browser) -> None:
    Queue.objects.create(name="Sure ones", slug="sure", filter={"min_score": 0.7})
    new_case(0.6)
    one, two = new_case(0.9), new_case(0.9)

    assert browser.post("/review/next", {"queue": "sure"})["Location"] == f"/review/cases/{one.pk}"
    assert f'data-next="/review/cases/{two.pk}"' in page_of(browser, one)
    assert press(browser, one, "decide", label="real")["Location"] == f"/review/cases/{two.pk}"
    assert press(browser, two, "decide", label="real")["Location"] == "/review/?queue=sure"


def test_claim_next_with_nothing_to_do_leads_to_the_queue(browser: Browser) -> None:
    assert browser.post("/review/next")["Location"] == "/review/"


def test_case_is_claimed_kept_and_given_back(browser: Browser, moderator: Person) -> None:
    case = new_case()

    assert press(browser, case, "claim")["Location"] == f"/review/cases/{case.pk}"
    Case.objects.update(claimed_until=timezone.now() + timedelta(seconds=5))
    answer = browser.post(f"/review/cases/{case.pk}/extend", headers=JSON)
    assert answer.json() == {"seconds": 600}
    until = fresh(case).claimed_until
    assert until
    assert until > timezone.now() + timedelta(minutes=9)
    assert press(browser, case, "extend")["Location"] == f"/review/cases/{case.pk}"
    assert press(browser, case, "release")["Location"] == "/review/"
    assert not fresh(case).is_claimed()


def test_keeping_what_is_not_theirs_is_a_conflict(browser: Browser) -> None:
    case = new_case()

    assert press(browser, case, "extend").status_code == 409
    answer = browser.post(f"/review/cases/{case.pk}/extend", headers=JSON)
    assert (answer.status_code, answer.json()) == (409, {"seconds": 0})
    assert press(browser, case, "release").status_code == 409
    assert not fresh(case).is_claimed()


def test_case_of_a_colleague_can_be_looked_at_but_not_decided(browser: Browser) -> None:
    case, lead = new_case(), person(Role.LEAD, first_name="Lea", last_name="Der")
    claims.claim(case.pk, lead)

    page = page_of(browser, case)

    assert "Lea Der works on this." in page
    assert 'name="label"' not in page
    for button, fields in (("claim", {}), ("decide", {"label": "real"}), ("skip", {}), ("escalate", {})):
        assert press(browser, case, button, **fields).status_code == 409, button
    assert (fresh(case).claimed_by, fresh(case).state) == (lead, CaseState.OPEN)
    assert not Decision.objects.exists()


def test_decision_leads_to_the_case_that_was_fetched_ahead(browser: Browser, moderator: Person) -> None:
    case, _second, third = new_case(), new_case(), new_case()

    answer = press(browser, case, "decide", label="real", following=third.pk)

    assert answer["Location"] == f"/review/cases/{third.pk}"
    assert fresh(third).claimed_by == moderator


@pytest.mark.parametrize("following", ["case_none", "\x00", "x" * 5000])
def test_case_that_was_fetched_ahead_and_is_gone_is_another(browser: Browser, following: str) -> None:
    case, second = new_case(), new_case()

    answer = press(browser, case, "decide", label="real", following=following)

    assert answer["Location"] == f"/review/cases/{second.pk}"


def test_case_that_a_colleague_took_meanwhile_is_another(browser: Browser) -> None:
    case, second, third = new_case(), new_case(), new_case()
    claims.claim(second.pk, person(Role.MODERATOR))

    assert press(browser, case, "decide", label="real", following=second.pk)["Location"] == f"/review/cases/{third.pk}"


def test_skipped_case_is_left_to_others_with_its_reason(browser: Browser, moderator: Person) -> None:
    case, second = new_case(), new_case()

    answer = press(browser, case, "skip", skip_reason="distressing", note="not today")

    assert answer["Location"] == f"/review/cases/{second.pk}"
    skip = Skip.objects.get()
    assert (skip.case, skip.person, skip.reason, skip.note) == (case, moderator, "distressing", "not today")
    assert "You skipped the case" in page_of(browser, case)


def test_skip_without_a_reason_says_that_they_are_not_sure(browser: Browser) -> None:
    press(browser, new_case(), "skip")

    assert Skip.objects.get().reason == "unsure"


@pytest.mark.parametrize("fields", [{"skip_reason": "because"}, {"skip_reason": "\x00"}, {"note": "x" * 2001}])
def test_impossible_skip_is_refused(browser: Browser, fields: dict[str, str]) -> None:
    assert press(browser, new_case(), "skip", **fields).status_code == 422
    assert not Skip.objects.exists()


def test_case_is_escalated_to_a_role_or_to_a_person(browser: Browser) -> None:
    to_role, to_person, lead = new_case(), new_case(), person(Role.LEAD)

    press(browser, to_role, "escalate", to="administrator", note="legal?")
    press(browser, to_person, "escalate", to=lead.actor())

    assert (fresh(to_role).assigned_role, fresh(to_role).escalation_note) == ("administrator", "legal?")
    assert fresh(to_person).assigned_to == lead
    assert f'<option value="{lead.actor()}">{lead.display_name()}</option>' in page_of(browser, new_case())


@pytest.mark.parametrize("to", ["viewer", "person:0", "person:-1", "person:x", "person:99999999999", "\x00"])
def test_case_is_escalated_to_nobody_that_there_is_not(browser: Browser, to: str) -> None:
    case = new_case()

    assert press(browser, case, "escalate", to=to).status_code == 422
    assert fresh(case).escalated_at is None


def test_case_is_not_escalated_to_who_does_not_review(browser: Browser) -> None:
    case = new_case()

    assert press(browser, case, "escalate", to=person(Role.VIEWER).actor()).status_code == 422
    assert fresh(case).escalated_at is None


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_reader_presses_nothing(role: Role) -> None:
    case, reader = new_case(), browser_of(person(role))

    for button in BUTTONS[:-1]:
        assert press(reader, case, button, label="real").status_code in {403, 409}, button
    assert reader.post("/review/next")["Location"] == "/review/"
    assert (fresh(case).state, fresh(case).claimed_by, fresh(case).escalated_at) == (CaseState.OPEN, None, None)
    assert not Skip.objects.exists()


@pytest.mark.parametrize("button", BUTTONS)
def test_button_takes_a_post_of_somebody_who_signed_in(client: Browser, browser: Browser, button: str) -> None:
    case = new_case()

    assert press(client, case, button)["Location"].startswith("/accounts/login/")
    assert browser.get(f"/review/cases/{case.pk}/{button}").status_code == 405


@pytest.mark.parametrize("button", BUTTONS)
def test_button_of_a_case_of_an_unseen_client_is_not_there(button: str) -> None:
    case = new_case()
    narrowed = browser_of(person(Role.MODERATOR, sees_every_client=False))

    assert press(narrowed, case, button, label="real").status_code == 404
    assert (fresh(case).state, fresh(case).claimed_by) == (CaseState.OPEN, None)


@pytest.fixture
def own_eyes_first() -> Queue:
    return Queue.objects.create(name="Own eyes first", slug="own-eyes", evidence_first=True, grey=True)


@pytest.mark.usefixtures("own_eyes_first")
def test_evidence_is_hidden_until_a_first_look_and_then_shown(browser: Browser) -> None:
    case, following = new_case(0.62), new_case()

    before = page_of(browser, case)
    assert "Verdict hidden" in before
    for kept_back in ("Uncertain", "0.62", "Model general", "spectrum.png", 'name="heat"'):
        assert kept_back not in before, kept_back
    assert 'data-flow="stay"' in before

    assert press(browser, case, "decide", label="real")["Location"] == f"/review/cases/{case.pk}"
    assert not Decision.objects.exists()
    after = page_of(browser, case)
    assert "You said first" in after
    assert "0.62" in after

    assert press(browser, case, "decide", label="edited")["Location"] == f"/review/cases/{following.pk}"
    decision = Decision.objects.get()
    assert (decision.first_label, decision.label) == ("real", "edited")


@pytest.mark.usefixtures("own_eyes_first")
def test_first_look_at_one_case_is_none_at_the_next(browser: Browser) -> None:
    case, following = new_case(), new_case()
    press(browser, case, "decide", label="real")

    assert "Verdict hidden" in page_of(browser, following)


@pytest.mark.usefixtures("own_eyes_first")
def test_decided_case_and_a_reader_s_page_hide_nothing(browser: Browser) -> None:
    case = new_case(0.62)
    assert "Verdict hidden" not in page_of(browser_of(person(Role.VIEWER)), case)
    press(browser, case, "decide", label="real")
    press(browser, case, "decide", label="real")

    assert "Verdict hidden" not in page_of(browser, case)


def test_without_such_a_queue_nothing_is_asked_first(browser: Browser) -> None:
    case = new_case()
    press(browser, case, "decide", label="real")

    assert Decision.objects.get().first_label == ""


def test_most_careful_of_the_queues_veils_the_picture(browser: Browser) -> None:
    Queue.objects.create(name="All", slug="all", blur=False)
    case = new_case()
    assert 'aria-keyshortcuts="B">' in page_of(browser, case)

    Queue.objects.create(name="Uncertain", slug="uncertain", filter={"labels": ["uncertain"]}, grey=True)
    page = page_of(browser, case)
    assert 'aria-keyshortcuts="B" checked>' in page
    assert 'aria-keyshortcuts="G" checked>' in page


def test_personal_queue_of_somebody_else_veils_nothing(browser: Browser) -> None:
    Queue.objects.create(name="Mine", slug="mine", owner=person(Role.LEAD), evidence_first=True)

    assert "Verdict hidden" not in page_of(browser, new_case())
