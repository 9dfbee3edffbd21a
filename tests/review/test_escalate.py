"""Escalation: a case is left to leads and administrators, comes to the top, and the client is told."""

from typing import Any

import pytest
from django.test import Client as Browser

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.clients.models import Client, Person, Role
from moderation.events.models import Event
from moderation.intake.models import Priority
from moderation.review import selectors, services
from moderation.review.models import Case, CaseState, Decision
from moderation.review.services import Choice
from tests.factories import ClientFactory, key, person
from tests.review.api_for_tests import due, judged, post, told

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def harbour() -> Client:
    made: Client = ClientFactory.create()
    return made


@pytest.fixture
def moderator() -> Person:
    return person(Role.MODERATOR)


def open_case(client: Client) -> Case:
    return Case.objects.get(submission=judged(client, 0.6, external_id="post-42", priority=Priority.LOW))


def press(browser: Browser, person_: Person, case: Case, **fields: str) -> Any:
    browser.force_login(person_, BACKEND)
    return browser.post(f"/review/cases/{case.pk}/escalate", fields)


def test_escalated_case_comes_to_the_top_and_is_told(harbour: Client, moderator: Person) -> None:
    case = open_case(harbour)

    services.escalate(case.pk, moderator, "Looks like one of last week's series.")

    case.refresh_from_db()
    assert (case.state, case.priority) == (CaseState.OPEN, Priority.HIGH)
    assert case.escalated_at is not None
    assert case.escalation_note == "Looks like one of last week's series."
    data = due(case.submission, "case.escalated").body["data"]
    assert set(data) == {"case", "submission", "external_id", "verdict", "links"}
    assert (data["case"]["id"], data["case"]["state"], data["case"]["reason"]) == (case.pk, "open", "uncertain")
    assert (data["submission"], data["external_id"]) == (case.submission_id, "post-42")
    assert data["verdict"]["action"] == "review"
    assert data["links"]["page"].endswith(f"/review/cases/{case.pk}")
    entry = Entry.objects.get(action="case.escalated")
    assert (entry.actor, entry.object_id) == (moderator.actor(), case.pk)


def test_note_stays_inside(harbour: Client, moderator: Person) -> None:
    case = open_case(harbour)

    services.escalate(case.pk, moderator, "Jane Doe's picture")

    assert "Jane" not in str(due(case.submission, "case.escalated").body)
    assert "Jane" not in str(list(Entry.objects.values()))


def test_moderator_cannot_decide_what_was_escalated(harbour: Client, moderator: Person) -> None:
    case = open_case(harbour)
    services.escalate(case.pk, moderator)

    with pytest.raises(Problem, match="a lead or an administrator decides it"):
        services.decide(case.pk, person(Role.MODERATOR), Choice("real"))

    assert Case.objects.get().state == CaseState.OPEN
    assert not Decision.objects.exists()


@pytest.mark.parametrize("role", [Role.LEAD, Role.ADMINISTRATOR])
def test_senior_decides_it(harbour: Client, moderator: Person, role: Role) -> None:
    case = open_case(harbour)
    services.escalate(case.pk, moderator)

    services.decide(case.pk, person(role), Choice("real"))

    assert Case.objects.get().state == CaseState.DECIDED


def test_second_escalation_is_a_conflict(harbour: Client, moderator: Person) -> None:
    case = open_case(harbour)
    services.escalate(case.pk, moderator, "first")

    with pytest.raises(Problem, match="conflict"):
        services.escalate(case.pk, person(Role.LEAD), "second")

    assert Case.objects.get().escalation_note == "first"
    assert told(case.submission).count("case.escalated") == 1


def test_decided_case_cannot_be_escalated(harbour: Client, moderator: Person) -> None:
    case = open_case(harbour)
    services.decide(case.pk, moderator, Choice("real"))

    with pytest.raises(Problem, match="conflict"):
        services.escalate(case.pk, moderator)

    assert Case.objects.get().escalated_at is None


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.AUDITOR])
def test_others_escalate_nothing(client: Browser, harbour: Client, role: Role | None) -> None:
    case = open_case(harbour)

    assert press(client, person(role), case).status_code == 403
    assert Case.objects.get().escalated_at is None
    assert not Event.objects.filter(type="case.escalated").exists()


def test_case_that_is_not_there_is_not_found(moderator: Person) -> None:
    with pytest.raises(Problem, match="not-found"):
        services.escalate("case_absent", moderator)


def test_note_that_is_too_long_is_refused(client: Browser, harbour: Client, moderator: Person) -> None:
    case = open_case(harbour)

    answer = press(client, moderator, case, note="x" * 2001)

    assert answer.status_code == 422
    assert "at most 2,000 characters" in answer.content.decode()
    assert Case.objects.get().escalated_at is None


def test_button_escalates_with_the_note_and_goes_on(client: Browser, harbour: Client, moderator: Person) -> None:
    case, following = open_case(harbour), open_case(harbour)
    client.force_login(moderator, BACKEND)
    page = client.get(f"/review/cases/{case.pk}").content.decode()
    assert f'formaction="/review/cases/{case.pk}/escalate"' in page
    assert 'aria-keyshortcuts="E"' in page

    answer = press(client, moderator, case, note="have a look")

    assert (answer.status_code, answer["Location"]) == (302, f"/review/cases/{following.pk}")
    page = client.get(f"/review/cases/{case.pk}").content.decode()
    assert "have a look" in page
    assert "This case was escalated: a lead or an administrator decides it." in page
    assert "You left the case to a lead" in page
    assert 'name="label"' not in page


def test_moderators_are_led_past_what_was_escalated(harbour: Client, moderator: Person) -> None:
    now, escalated, other = (open_case(harbour) for _ in range(3))
    services.escalate(escalated.pk, moderator)

    assert selectors.next_after(now, moderator) == other
    assert selectors.next_after(now, person(Role.LEAD)) == escalated


def test_report_that_opens_the_case_again_is_for_everyone(client: Browser, harbour: Client, moderator: Person) -> None:
    case = open_case(harbour)
    services.escalate(case.pk, moderator, "first")
    services.decide(case.pk, person(Role.LEAD), Choice("real"))

    post(client, key(harbour)[1], case.submission, "reports", {"expected": "edited"})

    case.refresh_from_db()
    assert (case.state, case.escalated_at, case.escalation_note) == (CaseState.OPEN, None, "")
    services.decide(case.pk, moderator, Choice("edited"))


def test_page_shows_reports_and_who_decided_by_key(client: Browser, harbour: Client, moderator: Person) -> None:
    _, secret = key(harbour)
    submission = judged(harbour, 0.6)
    body = {"expected": "real", "note": "<b>the raw file</b>"}
    post(client, secret, submission, "reports", body)
    client.force_login(moderator, BACKEND)
    address = f"/review/cases/{Case.objects.get().pk}"

    page = client.get(address).content.decode()
    assert "The client expects Real" in page
    assert "&lt;b&gt;the raw file&lt;/b&gt;" in page
    assert "Moved up: the client reports a wrong verdict" in page

    post(client, secret, submission, "decisions", {"label": "real"})
    page = client.get(address).content.decode()
    assert "<strong>The client’s own moderation</strong> decided <strong>Real</strong>" in page
    assert "The client’s own moderation decided: Real" in page
    assert "The client expects" not in page
