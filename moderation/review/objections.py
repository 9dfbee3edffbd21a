"""Take in that a verdict is said to be wrong: a client's report, an author's appeal."""

import structlog
from django.db import transaction

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import ApiKey
from moderation.events import services as events
from moderation.intake.models import Submission
from moderation.review import cases, told
from moderation.review.decisions import actor_of
from moderation.review.models import Appeal, CaseReason, Report
from moderation.verdicts.models import HumanLabel, Verdict

log = structlog.get_logger(__name__)


@transaction.atomic
def report(submission: Submission, key: ApiKey, expected: HumanLabel, note: str = "") -> Report:
    """Take in that a client holds the verdict that stands to be wrong; a case opens, or moves up.

    Raises:
        Problem: ``conflict`` where no verdict stands.
    """
    locked = cases.held(submission.pk)
    made = Report.objects.create(
        client_id=locked.client_id,
        submission=locked,
        revision=_standing_revision(locked),
        expected=expected,
        note=note,
    )
    case = cases.ask(locked, CaseReason.REPORT)
    audit.record(actor_of(key), "report.made", made.pk, {"submission": locked.pk, "case": case.pk})
    log.info("verdict_reported", submission=locked.pk, report=made.pk, expected=expected)
    return made


@transaction.atomic
def appeal(submission: Submission, key: ApiKey, statement: str) -> Appeal:
    """Open an appeal on behalf of the author against the verdict that stands; its case comes to the top.

    Raises:
        Problem: ``conflict`` where no verdict stands, or an appeal is open already.
    """
    locked = cases.held(submission.pk)
    if Appeal.objects.filter(submission=locked, decided_at=None).exists():
        raise Problem("conflict", "An appeal is open already. Wait for its outcome.")
    made = Appeal.objects.create(
        client_id=locked.client_id, submission=locked, revision=_standing_revision(locked), statement=statement
    )
    case = cases.ask(locked, CaseReason.APPEAL)
    audit.record(actor_of(key), "appeal.opened", made.pk, {"submission": locked.pk, "case": case.pk})
    events.record(locked.client, "appeal.opened", locked.pk, told.appeal(made))
    log.info("appeal_opened", submission=locked.pk, appeal=made.pk)
    return made


def _standing_revision(submission: Submission) -> int:
    found = Verdict.objects.filter(submission=submission, is_current=True).values_list("revision", flat=True).first()
    if found is None:
        raise Problem("conflict", "No verdict stands: there is nothing yet that could be wrong.")
    return found
