"""What the queue and the case page read."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from moderation.clients.models import Person
from moderation.review.models import Case, CaseReason, CaseState, Decision
from moderation.review.rights import is_senior


def queue() -> QuerySet[Case]:
    """Return the open cases, the most urgent and then the oldest first."""
    rows = Case.objects.filter(state=CaseState.OPEN).select_related("submission__image", "client")
    return rows.order_by("priority", "opened_at", "id")


def next_after(case: Case, person: Person) -> Case | None:
    """Return the open case that ``person`` sees after this one: the first of the queue that they may decide."""
    rest = queue().exclude(pk=case.pk)
    own = Decision.objects.filter(submission=OuterRef("submission"), person=person, undone_at=None)
    rest = rest.exclude(Exists(own), reason=CaseReason.APPEAL)
    return rest.first() if is_senior(person) else rest.filter(escalated_at=None).first()


def undoable(person: Person) -> Decision | None:
    """Return the person's last decision while it can still be undone."""
    since = timezone.now() - settings.RETRACTION_WINDOW
    mine = Decision.objects.filter(person=person, decided_at__gt=since, undone_at=None)
    return mine.select_related("case").order_by(F("decided_at").desc()).first()


def seconds_left(decision: Decision) -> int:
    """Return how many whole seconds the retraction window still holds the decision's event."""
    until = decision.decided_at + settings.RETRACTION_WINDOW
    return max(0, int((until - timezone.now()) / timedelta(seconds=1)))
