"""Take in that a verdict is said to be wrong: a client's or a visitor's report, an author's appeal."""

import structlog
from django.db import transaction
from django.utils.translation import gettext_noop as _

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import ApiKey, Person
from moderation.events import services as events
from moderation.intake.models import Submission
from moderation.review import cases, told
from moderation.review.decisions import actor_of
from moderation.review.models import Appeal, CaseReason, Report
from moderation.verdicts.models import DecidedBy, HumanLabel, Verdict

log = structlog.get_logger(__name__)
VISITOR = "visitor"
OPEN_REPORTS = 20
Objector = ApiKey | Person | None
"""A client's key, somebody with an account, or a visitor of whom nothing is known."""


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
        revision=_standing(locked).revision,
        expected=expected,
        note=note,
    )
    case = cases.ask(locked, CaseReason.REPORT)
    about = {"submission": locked.pk, "case": case.pk}
    audit.record(actor_of(key), "report.made", made.pk, about, client=locked.client_id)
    log.info("verdict_reported", submission=locked.pk, report=made.pk, expected=expected)
    return made


@transaction.atomic
def report_by_visitor(submission: Submission, person: Person | None, expected: HumanLabel, note: str = "") -> Report:
    """Take in that somebody who looks at a result holds it to be wrong.

    A case opens, or moves up, for the first such report on a policy's verdict. Further ones, and those against a
    person's decision, wait beside it: anybody can send them.

    Raises:
        Problem: ``conflict`` where no verdict stands, or where ``OPEN_REPORTS`` of them wait already.
    """
    locked = cases.held(submission.pk)
    verdict = _standing(locked)
    waiting = Report.objects.filter(submission=locked, decision=None, by_visitor=True).count()
    if waiting >= OPEN_REPORTS:
        raise Problem("conflict", _("Many people have said so already. It waits for somebody to look."))
    made = Report.objects.create(
        client_id=locked.client_id,
        submission=locked,
        revision=verdict.revision,
        expected=expected,
        note=note,
        by_visitor=True,
    )
    asks = not waiting and verdict.decided_by == DecidedBy.POLICY
    case = cases.ask(locked, CaseReason.REPORT) if asks else None
    about = {"submission": locked.pk, "case": case.pk if case else None}
    audit.record(_actor(person), "report.made", made.pk, about, client=locked.client_id)
    log.info("verdict_reported", submission=locked.pk, report=made.pk, expected=expected, by=VISITOR)
    return made


@transaction.atomic
def appeal(submission: Submission, by: Objector, statement: str) -> Appeal:
    """Open an appeal of the author, or on their behalf, against the verdict that stands; its case comes to the top.

    Raises:
        Problem: ``conflict`` where no verdict stands, or an appeal is open already.
    """
    locked = cases.held(submission.pk)
    if Appeal.objects.filter(submission=locked, decided_at=None).exists():
        raise Problem("conflict", _("An appeal is open already. Wait for its outcome."))
    made = Appeal.objects.create(
        client_id=locked.client_id,
        submission=locked,
        revision=_standing(locked).revision,
        statement=statement,
        person=by if isinstance(by, Person) else None,
    )
    case = cases.ask(locked, CaseReason.APPEAL)
    about = {"submission": locked.pk, "case": case.pk}
    audit.record(_actor(by), "appeal.opened", made.pk, about, client=locked.client_id)
    events.record(locked.client, "appeal.opened", locked.pk, told.appeal(made))
    log.info("appeal_opened", submission=locked.pk, appeal=made.pk)
    return made


def _standing(submission: Submission) -> Verdict:
    found = Verdict.objects.filter(submission=submission, is_current=True).first()
    if found is None:
        raise Problem("conflict", _("No verdict stands: there is nothing yet that could be wrong."))
    return found


def _actor(by: Objector) -> str:
    return actor_of(by) if by else VISITOR
