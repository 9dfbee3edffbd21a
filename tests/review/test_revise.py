"""A decision is revised later, with a reason: by who made it, or by a senior."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from foundation.problems import Problem
from moderation.audit.models import Entry
from moderation.clients.models import Client, Person, Role
from moderation.events import services as events
from moderation.events.models import Event
from moderation.intake.models import Priority
from moderation.review import cases, objections, revising, services
from moderation.review.models import Case, CaseKind, CaseReason, CaseState, Decision
from moderation.review.services import Choice
from moderation.verdicts.models import Verdict
from tests.factories import ClientFactory, key, person
from tests.review.api_for_tests import judged, told

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
WHY = Choice("edited", "visual_artifacts", "the seam shows at full size")


@pytest.fixture
def moderator() -> Person:
    return person(Role.MODERATOR)


@pytest.fixture
def case(moderator: Person) -> Case:
    """Return a case that the moderator decided, and of which the client was told."""
    client: Client = ClientFactory.create()
    judged(client, 0.6)
    made = Case.objects.get()
    decision = services.decide(made.pk, moderator, Choice("real"))
    Event.objects.filter(type="verdict.revised").update(not_before=decision.decided_at)
    events.dispatch_due()
    return made


def refused(case: Case, who: Person, choice: Choice = WHY) -> str:
    with pytest.raises(Problem) as refusal:
        revising.revise(case.pk, who, choice)
    return refusal.value.code


@pytest.mark.parametrize("senior", [Role.LEAD, Role.ADMINISTRATOR, None])
def test_decider_and_seniors_revise_and_the_client_is_told_again(
    case: Case, moderator: Person, senior: Role | None
) -> None:
    who = person(senior) if senior else moderator
    first = Decision.objects.get()

    made = revising.revise(case.pk, who, WHY)

    case.refresh_from_db()
    assert (case.state, made.revises, made.person) == (CaseState.DECIDED, first, who)
    verdict = Verdict.objects.get(is_current=True)
    assert (verdict.label, verdict.revision) == ("edited", 3)
    assert told(case.submission).count("verdict.revised") == 2
    assert Entry.objects.get(action="decision.revised").data == {"decision": made.pk, "revises": first.pk}


def test_revision_is_undone_within_its_window(case: Case, moderator: Person) -> None:
    made = revising.revise(case.pk, moderator, WHY)

    services.undo(made.pk, moderator)

    case.refresh_from_db()
    assert (case.state, Verdict.objects.get(is_current=True).label) == (CaseState.DECIDED, "real")


def test_others_revise_nothing(case: Case) -> None:
    for role in (Role.MODERATOR, Role.VIEWER, Role.AUDITOR, None):
        assert refused(case, person(role)) == "forbidden"
    narrow = person(Role.LEAD, sees_every_client=False)
    assert refused(case, narrow) == "not-found"
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        (Choice("edited"), "invalid"),
        (Choice("edited", note="  "), "invalid"),
        (Choice("fake", note="why"), "invalid"),
        (Choice("real", note="why"), "conflict"),
    ],
)
def test_revision_needs_a_reason_and_another_label(case: Case, moderator: Person, choice: Choice, code: str) -> None:
    assert refused(case, moderator, choice) == code
    assert Decision.objects.count() == 1


def test_what_is_appealed_is_not_revised_by_who_decided_it(case: Case, moderator: Person) -> None:
    objections.appeal(case.submission, key(case.client)[0], "mine")

    assert refused(case, moderator) == "conflict"


def test_open_case_is_decided_not_revised(moderator: Person) -> None:
    judged(ClientFactory.create(), 0.6)

    assert refused(Case.objects.get(), moderator) == "conflict"


def test_case_that_measures_people_is_not_revised(case: Case, moderator: Person) -> None:
    gold = cases.make(case.submission, CaseReason.POLICY, Priority.NORMAL, CaseKind.GOLD)
    services.decide(gold.pk, person(Role.MODERATOR), Choice("edited"))

    assert refused(gold, person(Role.LEAD)) == "not-found"


def test_page_offers_it_to_who_may_and_takes_it(case: Case, moderator: Person, settings: Any) -> None:
    settings.RETRACTION_WINDOW = timedelta(0)
    browser, other = Browser(), Browser()
    browser.force_login(moderator, BACKEND)
    other.force_login(person(Role.MODERATOR), BACKEND)
    address = f"/review/cases/{case.pk}"
    assert f'action="{address}/revise"' in browser.get(address).content.decode()
    assert f'action="{address}/revise"' not in other.get(address).content.decode()

    assert browser.post(f"{address}/revise", {"label": "edited"}).status_code == 422
    assert other.post(f"{address}/revise", {"label": "edited", "note": "why"}).status_code == 403
    assert browser.post(f"{address}/revise", {"label": "edited", "note": "why"}).status_code == 302

    assert Verdict.objects.get(is_current=True).label == "edited"
    assert "“why”" in browser.get(address).content.decode()
