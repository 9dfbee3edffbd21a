"""The rows of the queue: each open case with the verdict that stands and the finding that weighs most."""

from dataclasses import dataclass

from django.db.models import Prefetch

from moderation.intake.models import Submission
from moderation.review import selectors
from moderation.review.models import Case
from moderation.verdicts.document import path_of
from moderation.verdicts.models import Finding, Verdict

LISTED = 50
STRIP = 8


@dataclass(frozen=True)
class Row:
    """One open case; ``verdict`` and ``strongest`` are None where the analysis failed."""

    case: Case
    verdict: Verdict | None
    strongest: Finding | None
    thumbnail: str


def rows(limit: int) -> list[Row]:
    """Return the first ``limit`` cases of the queue."""
    standing = Prefetch("submission__verdicts", Verdict.objects.filter(is_current=True))
    cases = selectors.queue().prefetch_related(standing, "submission__findings")[:limit]
    return [_row(case) for case in cases]


def _row(case: Case) -> Row:
    submission: Submission = case.submission
    findings = list(submission.findings.all())
    return Row(
        case=case,
        verdict=next(iter(submission.verdicts.all()), None),
        strongest=max(findings, key=lambda finding: finding.probability, default=None),
        thumbnail=f"{path_of(submission)}/thumbnail.jpg",
    )
