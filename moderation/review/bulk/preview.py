"""What a bulk decision would change, and what it would leave alone and why; nothing is written."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation.clients.models import Person
from moderation.clients.sight import only_visible
from moderation.intake.models import Submission
from moderation.review import selectors
from moderation.review.bulk.models import Bulk, BulkItem
from moderation.review.decisions import JUDGED
from moderation.review.models import Case, CaseKind, CaseState


@dataclass(frozen=True)
class Preview:
    """``changes`` counts what would be decided by the verdict that stands; ``left`` counts what would not, with why."""

    changes: list[tuple[str, int]]
    left: list[tuple[str | Promise, int]]

    @property
    def free(self) -> int:
        return sum(count for _, count in self.changes)


def preview(bulk: Bulk, person: Person) -> Preview:
    """Return what the bulk decision would do, were it started by ``person`` now."""
    rows = Submission.objects.filter(pk__in=BulkItem.objects.filter(bulk=bulk).values("submission"))
    rows = only_visible(rows, person)
    unready = rows.exclude(state__in=JUDGED, image__isnull=False)
    ready = rows.filter(state__in=JUDGED, image__isnull=False)
    decided, elsewhere = Exists(_cases(CaseState.DECIDED)), Exists(_cases(CaseState.OPEN)) & ~Exists(_theirs(person))
    counts = [
        (_("Decided already"), ready.filter(decided).count()),
        (_("With somebody else, or left to others"), ready.filter(elsewhere).count()),
        (_("Not analysed yet, or without a picture"), unready.count()),
    ]
    free = ready.exclude(decided).exclude(elsewhere).order_by("verdict_label").values_list("verdict_label")
    return Preview(list(free.annotate(Count("pk"))), [(why, count) for why, count in counts if count])


def _cases(state: CaseState) -> QuerySet[Case]:
    return Case.objects.filter(submission=OuterRef("pk"), kind=CaseKind.FIRST, state=state)


def _theirs(person: Person) -> QuerySet[Case]:
    return selectors.open_to(person).filter(submission=OuterRef("pk"), kind=CaseKind.FIRST)
