"""How a case opens, moves up, is escalated, closes and opens again.

Callers hold the submission's row locked (:func:`locked`), so that what happens to its case happens one at a time.
"""

from typing import Any

from django.utils import timezone

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.intake.models import Priority, Submission
from moderation.review.models import Case, CaseReason, CaseState

ONE_UP = {Priority.LOW: Priority.NORMAL, Priority.NORMAL: Priority.HIGH, Priority.HIGH: Priority.HIGH}
WEIGHT = [CaseReason.POLICY, CaseReason.FAILED, CaseReason.REPORT, CaseReason.APPEAL]


def locked(submission_id: str) -> Submission | None:
    """Return the submission with its row locked until the transaction ends, or None when there is none any more."""
    rows = Submission.objects.select_for_update(of=("self",)).select_related("client")
    return rows.filter(pk=submission_id).first()


def case_of(submission: Submission) -> Case | None:
    return Case.objects.filter(submission=submission).first()


def held(submission_id: str) -> Submission:
    """Return the submission as :func:`locked` does.

    Raises:
        Problem: ``not-found``.
    """
    submission = locked(submission_id)
    if submission is None:
        raise Problem("not-found", "There is no such submission, or it is not yours.")
    return submission


def make(submission: Submission, reason: CaseReason, priority: Priority) -> Case:
    """Open a first case, as urgent as ``priority`` says."""
    case = Case.objects.create(client_id=submission.client_id, submission=submission, reason=reason, priority=priority)
    _log(case, "case.opened", reason)
    return case


def ask(submission: Submission, reason: CaseReason) -> Case:
    """Have people look because of a report or an appeal: open a case, open it again, or move up the open one.

    A report moves it up by one level, an appeal to the top.
    """
    case = case_of(submission)
    if case is None:
        return make(submission, reason, _urgency(reason, submission.priority))
    if case.state == CaseState.DECIDED:
        return _open_again(case, reason, _urgency(reason, submission.priority))
    return _move_up(case, reason, _urgency(reason, case.priority))


def close(case: Case) -> bool:
    """``open`` to ``decided``; return whether this call did it."""
    return _moved(case, CaseState.OPEN, state=CaseState.DECIDED, decided_at=timezone.now())


def reopen(case: Case) -> bool:
    """``decided`` to ``open`` because the decision was undone: it waits as it did; return whether this call did it."""
    return _moved(case, CaseState.DECIDED, state=CaseState.OPEN, decided_at=None)


def escalate(case: Case, note: str) -> bool:
    """Leave an open case to leads and administrators; return whether this call did it."""
    fresh = Case.objects.filter(pk=case.pk, state=CaseState.OPEN, escalated_at=None)
    changes = {"escalated_at": timezone.now(), "escalation_note": note, "priority": Priority.HIGH}
    done = bool(fresh.update(**changes))
    case.refresh_from_db()
    return done


def _urgency(reason: CaseReason, now: int) -> Priority:
    return Priority.HIGH if reason == CaseReason.APPEAL else ONE_UP[Priority(now)]


def _open_again(case: Case, reason: CaseReason, priority: Priority) -> Case:
    anew = {"opened_at": timezone.now(), "decided_at": None, "escalated_at": None, "escalation_note": ""}
    if _moved(case, CaseState.DECIDED, state=CaseState.OPEN, reason=reason, priority=priority, **anew):
        _log(case, "case.opened", reason)
    return case


def _move_up(case: Case, reason: CaseReason, priority: Priority) -> Case:
    weightier = max(CaseReason(case.reason), reason, key=WEIGHT.index)
    if _moved(case, CaseState.OPEN, reason=weightier, priority=priority):
        _log(case, "case.raised", reason)
    return case


def _moved(case: Case, before: CaseState, **changes: Any) -> bool:
    done = bool(Case.objects.filter(pk=case.pk, state=before).update(**changes))
    case.refresh_from_db()
    return done


def _log(case: Case, action: str, reason: CaseReason) -> None:
    audit.record("system", action, case.pk, {"submission": case.submission_id, "reason": reason})
