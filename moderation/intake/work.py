"""The life of a Work: waiting, claimed under a lease, done. Every change of it happens here."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from moderation.intake.models import FETCHES, Purpose, State, Submission, Work

ANALYSES = ~FETCHES


def waiting(kind: Q = ANALYSES) -> QuerySet[Work]:
    """Return what nobody holds, most urgent and oldest first."""
    return Work.objects.filter(kind, done_at=None, token=None).order_by("priority", "id")


@transaction.atomic
def claim(limit: int, lease: timedelta, kind: Q = ANALYSES) -> list[Work]:
    """Claim up to ``limit`` works for ``lease``; other workers skip them. Each carries the claim's token.

    A work that was tried before is claimed alone, so that an image that kills its worker takes no other with it.
    """
    rows = list(waiting(kind).select_for_update(skip_locked=True).values_list("pk", "attempts")[:limit])
    fresh = [pk for pk, attempts in rows if attempts == 0]
    chosen = [pk for pk, _ in rows[:1]] if rows and rows[0][1] else fresh
    if not chosen:
        return []
    token = uuid.uuid4()
    until = timezone.now() + lease
    Work.objects.filter(pk__in=chosen).update(token=token, leased_until=until, attempts=F("attempts") + 1)
    first = Submission.objects.filter(work__pk__in=chosen, work__purpose=Purpose.FIRST, state=State.QUEUED)
    first.update(state=State.ANALYSING)
    mine = Work.objects.filter(pk__in=chosen).select_related("submission__image", "submission__client")
    return list(mine.order_by("priority", "id"))


def close(work: Work) -> bool:
    """Close ``work`` if its claim still holds, and say so; it comes first in the transaction of the results."""
    held = Work.objects.filter(pk=work.pk, token=work.token, done_at=None)
    return bool(held.update(done_at=timezone.now(), token=None, leased_until=None))


def give_back(work: Work, error: str) -> bool:
    """Return a claimed work to the waiting ones, noting why; return whether the claim still held."""
    held = Work.objects.filter(pk=work.pk, token=work.token, done_at=None)
    freed = held.update(token=None, leased_until=None, last_error=error[:2000])
    if freed:
        Submission.objects.filter(pk=work.submission_id, state=State.ANALYSING).update(state=State.QUEUED)
    return bool(freed)


def expired(kind: Q = ANALYSES) -> QuerySet[Work]:
    """Return the works whose holder let the lease run out."""
    return Work.objects.filter(kind, done_at=None, leased_until__lt=timezone.now()).exclude(token=None)
