"""How much a client used: submissions a day, by state."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from moderation.clients.models import Client
from moderation.intake.models import State, Submission
from moderation.intake.transitions import UNDER_WAY

DAYS = 30


@dataclass(frozen=True)
class Day:
    """The submissions of a day (UTC) that were not erased since."""

    date: date
    accepted: int = 0
    failed: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Usage:
    """The last ``DAYS`` days, the newest first, and their sums."""

    days: list[Day]

    @property
    def accepted(self) -> int:
        return sum(day.accepted for day in self.days)

    @property
    def failed(self) -> int:
        return sum(day.failed for day in self.days)

    @property
    def waiting(self) -> int:
        return sum(day.waiting for day in self.days)

    @property
    def most(self) -> int:
        return max((day.accepted for day in self.days), default=0)


def of(client: Client) -> Usage:
    """Return what ``client`` submitted in the last ``DAYS`` days, today included."""
    today = timezone.now().astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(DAYS)]
    found = {day.date: day for day in _days(client, days[-1])}
    return Usage([found.get(one, Day(one)) for one in days])


def _days(client: Client, since: date) -> Iterable[Day]:
    rows: Any = Submission.objects.filter(client=client, created_at__date__gte=since)
    counted = rows.annotate(date=TruncDate("created_at", tzinfo=UTC)).values("date").order_by()
    for row in counted.annotate(
        accepted=Count("pk"),
        failed=Count("pk", filter=Q(state=State.FAILED)),
        waiting=Count("pk", filter=Q(state__in=UNDER_WAY)),
    ):
        yield Day(**row)
