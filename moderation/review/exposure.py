"""How much a person has looked at, for their own eyes: what was shown, what was unveiled, and when a break is due.

A stretch is time with pictures without a pause of five minutes. The figures are shown to nobody else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from moderation.clients.models import Person
from moderation.review.models import Case, Decision, Judgement, Stretch

PAUSE = timedelta(minutes=5)
LATER = timedelta(minutes=15)


@dataclass(frozen=True)
class Workload:
    """A person's day and present stretch; ``break_in`` is in minutes, 0 when it is due, None where none is wanted."""

    shown: int
    revealed: int
    decided: int
    undone: int
    minutes: int
    break_in: int | None


@transaction.atomic
def show(person: Person, case: Case, *, revealed: bool) -> None:
    """Count that the person was shown the case's picture; shown again at once, it counts once."""
    stretch = _present(person)
    if stretch.last_case == case.pk:
        Stretch.objects.filter(pk=stretch.pk).update(last_at=timezone.now())
        return
    stretch.last_case, stretch.last_revealed, stretch.last_at = case.pk, revealed, timezone.now()
    stretch.shown += 1
    stretch.revealed += int(revealed)
    stretch.save()


@transaction.atomic
def reveal(person: Person, case: Case) -> None:
    """Count that the person unveiled the picture that they were shown last, once."""
    stretch = _present(person)
    if stretch.last_case == case.pk and not stretch.last_revealed:
        stretch.last_revealed, stretch.last_at = True, timezone.now()
        stretch.revealed += 1
        stretch.save()


@transaction.atomic
def later(person: Person) -> None:
    """Leave the person alone with breaks for a quarter of an hour."""
    stretch = _present(person)
    stretch.quiet_until = timezone.now() + LATER
    stretch.save()


def workload(person: Person, break_minutes: int) -> Workload:
    """Return the person's own figures of today, and when a break is due by their preference (0: never)."""
    now = timezone.now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    seen = Stretch.objects.filter(person=person, began_at__gte=today).aggregate(
        shown=Sum("shown"), revealed=Sum("revealed")
    )
    decisions = Decision.objects.filter(person=person, decided_at__gte=today)
    judged = Judgement.objects.filter(person=person, decided_at__gte=today)
    stretch = _last(person, now)
    return Workload(
        shown=seen["shown"] or 0,
        revealed=seen["revealed"] or 0,
        decided=decisions.count() + judged.count(),
        undone=decisions.exclude(undone_at=None).count() + judged.exclude(undone_at=None).count(),
        minutes=_minutes(now - stretch.began_at) if stretch else 0,
        break_in=_break_in(stretch, break_minutes, now),
    )


def _break_in(stretch: Stretch | None, minutes: int, now: datetime) -> int | None:
    if not minutes:
        return None
    due = (stretch.began_at if stretch else now) + timedelta(minutes=minutes)
    if stretch and stretch.quiet_until and stretch.quiet_until > due:
        due = stretch.quiet_until
    return max(0, _minutes(due - now + timedelta(seconds=59)))


def _minutes(span: timedelta) -> int:
    return int(span / timedelta(minutes=1))


def _last(person: Person, now: datetime) -> Stretch | None:
    return Stretch.objects.filter(person=person, last_at__gt=now - PAUSE).order_by("-id").first()


def _present(person: Person) -> Stretch:
    """Return the person's stretch, begun where they had paused; one request of theirs at a time."""
    Person.objects.select_for_update().get(pk=person.pk)
    now = timezone.now()
    return _last(person, now) or Stretch.objects.create(person=person, began_at=now, last_at=now)
