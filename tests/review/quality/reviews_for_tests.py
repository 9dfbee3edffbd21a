"""Decisions and what is mixed in after them, as tests make them."""

from typing import Any

from moderation.clients.models import Client, Person, Role
from moderation.events import services as events
from moderation.events.models import Event
from moderation.intake.models import Submission
from moderation.review import services
from moderation.review.models import Case, CaseKind, Decision, Judgement
from moderation.review.services import Choice
from tests.factories import ClientFactory, person
from tests.review.api_for_tests import judged


def told() -> None:
    """Hand on every event, as if its time had come."""
    Event.objects.filter(dispatched_at=None).update(not_before=Event.objects.order_by("pk")[0].created_at)
    events.dispatch_due()


def decided(label: str = "edited", by: Person | None = None, client: Client | None = None) -> Decision:
    """Return a decision of a person on a submission of its own, and hand it on."""
    submission = judged(client or ClientFactory.create(), 0.6)
    case = Case.objects.get(submission=submission, kind=CaseKind.FIRST)
    made = services.decide(case.pk, by or person(Role.MODERATOR), Choice(label))
    assert isinstance(made, Decision)
    told()
    return made


def second_case(decision: Decision) -> Case:
    return Case.objects.get(submission=decision.submission_id, kind=CaseKind.SECOND)


def judge(case: Case, label: str, by: Person | None = None) -> Judgement:
    made = services.decide(case.pk, by or person(Role.MODERATOR), Choice(label))
    assert isinstance(made, Judgement)
    return made


def pair(first: str, second: str, decider: Person | None = None, other: Person | None = None, **more: Any) -> Judgement:
    """Return the second of two looks at one picture."""
    return judge(second_case(decided(first, decider, **more)), second, other)


def pictured(client: Client | None = None) -> Submission:
    """Return a submission that asks for nobody."""
    return judged(client or ClientFactory.create(), 0.9)
