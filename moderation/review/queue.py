"""The rows of the queue: each open case with what a policy held of it and the finding that weighs most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from moderation.clients.models import Person
from moderation.intake.models import Submission
from moderation.review import queues, selectors
from moderation.review.models import Case, CaseKind, Queue
from moderation.verdicts.document import path_of
from moderation.verdicts.models import DecidedBy, Finding, Verdict

LISTED = 50
STRIP = 8


@dataclass(frozen=True)
class Row:
    """One open case; ``verdict`` and ``strongest`` are None where the analysis failed, or where they are hidden."""

    case: Case
    verdict: Verdict | None
    strongest: Finding | None
    thumbnail: str
    due_at: datetime | None
    hidden: bool
    holder: Person | None


@dataclass(frozen=True)
class Shelf:
    """A queue in the list of queues: how many cases it holds, up to a thousand, and when the first is due."""

    queue: Queue | None
    count: int
    first_due: datetime | None

    @property
    def is_more(self) -> bool:
        return self.count >= queues.COUNTED


def rows(limit: int, person: Person, queue: Queue | None = None) -> list[Row]:
    """Return the first ``limit`` cases of the queue, or of all, that belong to clients whom the person sees."""
    given = Prefetch("submission__verdicts", Verdict.objects.order_by("-revision"))
    found = queues.cases_in(queue, person) if queue else selectors.visible_to(person)
    cases = list(found.select_related("claimed_by").prefetch_related(given, "submission__findings")[:limit])
    hidden = _hidden(cases, person)
    return [_row(case, queue, hidden=case.pk in hidden) for case in cases]


def shelves(person: Person) -> list[Shelf]:
    """Return what waits in all, and in each queue that the person has."""
    everything = selectors.visible_to(person)
    shown = [_shelf(None, everything)]
    return shown + [_shelf(queue, queues.narrowed(everything, queue)) for queue in queues.shared_by(person)]


def _shelf(queue: Queue | None, cases: QuerySet[Case]) -> Shelf:
    own_time = queue is not None and queue.due_minutes is not None
    first = cases.order_by("opened_at" if own_time else "due_at").first()
    return Shelf(queue, queues.count_in(cases), queues.due_of(first, queue) if first else None)


def _hidden(cases: Sequence[Case], person: Person) -> set[str]:
    """Return the ids of those whose verdict a queue of the person keeps back until something was said."""
    among = Case.objects.filter(pk__in=[case.pk for case in cases])
    careful = queues.shared_by(person).filter(evidence_first=True)
    return {pk for queue in careful for pk in queues.narrowed(among, queue).values_list("pk", flat=True)}


def _row(case: Case, queue: Queue | None, *, hidden: bool) -> Row:
    submission: Submission = case.submission
    findings = list(submission.findings.all())
    return Row(
        case=case,
        verdict=None if hidden else _shown(case, list(submission.verdicts.all())),
        strongest=None if hidden else max(findings, key=lambda finding: finding.probability, default=None),
        thumbnail=f"{path_of(submission)}/thumbnail.jpg",
        due_at=queues.due_of(case, queue),
        hidden=hidden,
        holder=case.claimed_by if case.is_claimed() else None,
    )


def _shown(case: Case, verdicts: Sequence[Verdict]) -> Verdict | None:
    """Return the verdict that stands; of one that measures people, what a policy gave last."""
    if case.kind == CaseKind.FIRST:
        return next((one for one in verdicts if one.is_current), None)
    return next((one for one in verdicts if one.decided_by == DecidedBy.POLICY), None)
