"""What verdicts stand, by day, and what policies made of pictures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from moderation.insights.scope import Scope
from moderation.intake.models import Submission
from moderation.verdicts.models import Action, DecidedBy, Label


@dataclass(frozen=True)
class Outcomes:
    """Submissions by the verdict that stands: per day and label, and in all by label, action and who decided."""

    days: Mapping[date, Mapping[str, int]]
    labels: Mapping[str, int]
    actions: Mapping[str, int]
    by_people: int
    failed: int

    @property
    def count(self) -> int:
        return sum(self.labels.values())


def of(scope: Scope) -> Outcomes:
    """Return what stands of what was submitted in the period."""
    rows = scope.seen(scope.since(Submission.objects.all(), "sub"))
    counted: Sequence[tuple[date, str, str, str, int]] = list(
        rows.exclude(verdict_label="")
        .annotate(day=TruncDate("created_at", tzinfo=UTC))
        .values("day", "verdict_label", "verdict_action", "decided_by")
        .order_by()
        .annotate(count=Count("pk"))
        .values_list("day", "verdict_label", "verdict_action", "decided_by", "count")
    )
    days: dict[date, dict[str, int]] = {day: dict.fromkeys(Label.values, 0) for day in scope.dates}
    labels, actions, people = Counter[str](), Counter[str](), 0
    for day, label, action, decider, count in counted:
        if day in days:
            days[day][label] += count
        labels[label] += count
        actions[action] += count
        people += count if decider == DecidedBy.PERSON else 0
    return Outcomes(
        days=days,
        labels={label: labels[label] for label in Label.values},
        actions={action: actions[action] for action in Action.values},
        by_people=people,
        failed=rows.filter(Q(state="failed")).count(),
    )
