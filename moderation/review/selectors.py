"""What the queue and the case page read."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from moderation.clients.models import Person, Role
from moderation.clients.sight import only_visible
from moderation.intake import seals
from moderation.review.cases import free_for
from moderation.review.models import Case, CaseKind, CaseReason, CaseState, Decision, GoldAnswer, Judgement, Skip
from moderation.review.rights import SENIOR


def queue() -> QuerySet[Case]:
    """Return the open cases, the most urgent and then the oldest first."""
    rows = Case.objects.filter(state=CaseState.OPEN).select_related("submission__image", "client")
    return rows.order_by("priority", "due_at", "opened_at", "id")


def visible_to(person: Person) -> QuerySet[Case]:
    """Return the open cases of the clients that the person sees, in the order of the queue.

    A blind look at what they have looked at is left out: that it was drawn is not for them to know.
    """
    rows = seals.without_sealed(only_visible(queue(), person), person)
    return rows.exclude(_looked_at(person) & ~Q(kind=CaseKind.FIRST))


def _looked_at(person: Person) -> Q:
    decided = Decision.objects.filter(submission=OuterRef("submission"), person=person, undone_at=None)
    judged = Judgement.objects.filter(case__submission=OuterRef("submission"), person=person, undone_at=None)
    known = GoldAnswer.objects.filter(submission=OuterRef("submission"), set_by=person)
    return Q(Exists(decided)) | Q(Exists(judged)) | Q(Exists(known))


def for_person(person: Person) -> QuerySet[Case]:
    """Return the open cases that come to the person: those that they may decide but what they skipped."""
    return open_to(person).exclude(Exists(Skip.objects.filter(case=OuterRef("pk"), person=person)))


def open_to(person: Person) -> QuerySet[Case]:
    """Return the open cases that the person may decide now, in the order of the queue.

    Left out is what somebody else holds or was given, what was escalated above them, and an appeal against their own
    decision.
    """
    decided = Decision.objects.filter(submission=OuterRef("submission"), person=person, undone_at=None)
    rows = visible_to(person).filter(free_for(person), _left_to(person))
    return rows.exclude(Q(Exists(decided)), reason=CaseReason.APPEAL)


def _left_to(person: Person) -> Q:
    roles = person.roles()
    given = Q(assigned_to=person)
    if Role.ADMINISTRATOR in roles:
        return given | Q(assigned_to=None)
    of_roles = Q(assigned_role__in=roles)
    unescalated = Q(assigned_role="") if roles & SENIOR else Q(assigned_role="", escalated_at=None)
    return given | Q(of_roles | unescalated, assigned_to=None)


def next_after(case: Case, person: Person) -> Case | None:
    """Return the open case that ``person`` gets after this one, unless somebody takes it before."""
    return for_person(person).exclude(pk=case.pk).first()


def undoable(person: Person) -> Decision | Judgement | None:
    """Return what the person last decided or judged, while it can still be undone."""
    since = timezone.now() - settings.RETRACTION_WINDOW
    decisions = Decision.objects.filter(person=person, decided_at__gt=since, undone_at=None).select_related("case")
    judged = Judgement.objects.filter(person=person, decided_at__gt=since, undone_at=None).select_related("case")
    last = [decisions.order_by(F("decided_at").desc()).first(), judged.order_by(F("decided_at").desc()).first()]
    return max((made for made in last if made), key=lambda made: made.decided_at, default=None)


def case_of_decision(decision_id: str) -> str | None:
    """Return the id of the case that a decision or a judgement is about, or None."""
    for model in (Decision, Judgement):
        found = model._default_manager.filter(pk=decision_id).values_list("case", flat=True).first()
        if found:
            return str(found)
    return None


def seconds_left(decision: Decision | Judgement) -> int:
    """Return how many whole seconds the retraction window still lets a person undo."""
    until = decision.decided_at + settings.RETRACTION_WINDOW
    return max(0, int((until - timezone.now()) / timedelta(seconds=1)))
