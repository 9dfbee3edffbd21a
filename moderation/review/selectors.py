"""What the queue and the case page read."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from moderation.clients.models import Person
from moderation.review.models import Case, CaseReason, CaseState, Decision, Judgement
from moderation.review.rights import is_senior


def queue() -> QuerySet[Case]:
    """Return the open cases, the most urgent and then the oldest first."""
    rows = Case.objects.filter(state=CaseState.OPEN).select_related("submission__image", "client")
    return rows.order_by("priority", "due_at", "opened_at", "id")


def next_after(case: Case, person: Person) -> Case | None:
    """Return the open case that ``person`` sees after this one: the first of the queue that they may decide."""
    rest = queue().exclude(pk=case.pk)
    own = Decision.objects.filter(submission=OuterRef("submission"), person=person, undone_at=None)
    rest = rest.exclude(Exists(own), reason=CaseReason.APPEAL)
    return rest.first() if is_senior(person) else rest.filter(escalated_at=None).first()


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
