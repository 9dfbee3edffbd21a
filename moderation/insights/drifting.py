"""Whether the scores of each model in use are distributed as they were before."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, Count, F, IntegerField, Value, When
from django.db.models.functions import Cast, Floor, Least
from django.utils import timezone

from foundation.ids import earliest
from foundation.statistics import drift
from foundation.statistics.drift import BINS, Drift
from moderation.insights.scope import Scope
from moderation.registry.models import ModelVersion
from moderation.verdicts.models import Finding

NOW, BEFORE = timedelta(days=7), timedelta(days=28)


@dataclass(frozen=True)
class Scores:
    """How a model's probabilities fall into BINS of equal width in the last 7 days, and in the 28 days before them."""

    model: ModelVersion
    before: Sequence[int]
    now: Sequence[int]

    @property
    def drift(self) -> Drift | None:
        """Return how far they moved; None until there are scores from both times."""
        return drift.stability(self.before, self.now)


def of(scope: Scope) -> list[Scores]:
    """Return the scores of every model that gave any in the last five weeks, by role and version."""
    now = timezone.now()
    recent = earliest("fnd", now - NOW)
    rows = scope.seen(
        Finding.objects.filter(pk__gte=earliest("fnd", now - NOW - BEFORE)), "submission__client"
    ).order_by()
    counted = rows.values(
        "model", place=Least(Cast(Floor(F("probability") * BINS), IntegerField()), BINS - 1), late=_since(recent)
    ).annotate(count=Count("pk"))
    found: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([0] * BINS, [0] * BINS))
    for row in counted:
        found[row["model"]][row["late"]][row["place"]] = row["count"]
    models = ModelVersion.objects.filter(pk__in=list(found)).order_by("role", "-created_at")
    return [Scores(model, *found[model.pk]) for model in models]


def _since(recent: str) -> Case:
    return Case(When(pk__gte=recent, then=Value(1)), default=Value(0), output_field=IntegerField())
