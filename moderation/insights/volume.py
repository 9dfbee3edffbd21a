"""How much waits for people, how old it is, and whether they keep up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from moderation.insights.scope import Scope
from moderation.review.models import Case, CaseReason, CaseState

AGES = (timedelta(hours=1), timedelta(hours=4), timedelta(days=1), timedelta(days=3))


@dataclass(frozen=True)
class Waiting:
    """The open cases: how many, how many of them past their time, the oldest, by age (AGES and beyond), by reason."""

    count: int
    overdue: int
    oldest: Case | None
    ages: Sequence[int]
    reasons: Sequence[tuple[CaseReason, int]]


@dataclass(frozen=True)
class Day:
    """What came to people on a day, and what they did."""

    date: date
    opened: int
    decided: int


def cases(scope: Scope, asked: Mapping[str, str]) -> QuerySet[Case]:
    """Return the cases behind a number, the newest first: of a reason, an age (its place in AGES), overdue, or a day.

    What cannot be read is as if it had not been asked for.
    """
    rows = scope.seen(Case.objects.select_related("client", "submission")).order_by("-opened_at", "-pk")
    now = timezone.now()
    if asked.get("reason") in CaseReason.values:
        rows = rows.filter(state=CaseState.OPEN, reason=asked["reason"])
    if asked.get("overdue") == "1":
        rows = rows.filter(state=CaseState.OPEN, due_at__lt=now)
    if asked.get("age") in {str(place) for place in range(len(AGES) + 1)}:
        rows = rows.filter(_aged(int(asked["age"]), now), state=CaseState.OPEN)
    for column in ("opened", "decided"):
        day = _date(asked.get(column, ""))
        if day:
            start = datetime.combine(day, time(), UTC)
            rows = rows.filter(**{f"{column}_at__gte": start, f"{column}_at__lt": start + timedelta(days=1)})
    return rows


def _aged(place: int, now: datetime) -> Q:
    younger = Q(opened_at__gt=now - AGES[place]) if place < len(AGES) else Q()
    return younger & (Q(opened_at__lte=now - AGES[place - 1]) if place else Q())


def _date(given: str) -> date | None:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


def waiting(scope: Scope) -> Waiting:
    """Return what waits at this moment."""
    rows = scope.seen(Case.objects.filter(state=CaseState.OPEN))
    now = timezone.now()
    facts = list(rows.values_list("opened_at", "due_at", "reason"))
    reasons = Counter(reason for _, _, reason in facts)
    return Waiting(
        count=len(facts),
        overdue=sum(due is not None and due < now for _, due, _ in facts),
        oldest=rows.order_by("opened_at", "pk").first(),
        ages=_ages([now - opened for opened, _, _ in facts]),
        reasons=[(CaseReason(reason), count) for reason, count in reasons.most_common()],
    )


def by_day(scope: Scope) -> list[Day]:
    """Return the days of the period, the oldest first."""
    rows = scope.seen(Case.objects.all())
    opened = _per_day(rows, "opened_at", scope.start)
    decided = _per_day(rows, "decided_at", scope.start)
    return [Day(day, opened.get(day, 0), decided.get(day, 0)) for day in scope.dates]


def _per_day(rows: QuerySet[Case], column: str, start: datetime) -> dict[date, int]:
    dated = rows.filter(**{f"{column}__gte": start}).annotate(day=TruncDate(column, tzinfo=UTC))
    return dict(dated.values("day").order_by().annotate(count=Count("pk")).values_list("day", "count"))


def _ages(found: Sequence[timedelta]) -> list[int]:
    counts = [0] * (len(AGES) + 1)
    for age in found:
        counts[sum(age >= limit for limit in AGES)] += 1
    return counts
