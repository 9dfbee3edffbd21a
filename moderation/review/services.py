"""Open cases and decide them."""

from django.db import transaction
from django.utils.translation import gettext_noop as _

from foundation.problems import Problem
from moderation.clients.models import Person
from moderation.intake.models import Priority, Submission
from moderation.review import cases, decisions, judgements, rights
from moderation.review.asking import asking
from moderation.review.decisions import Choice
from moderation.review.handing import escalate
from moderation.review.models import Case, CaseKind, CaseReason, CaseState, Decision, Judgement
from moderation.review.undoing import undo

__all__ = ["Choice", "asking", "decide", "decide_submission", "escalate", "open_by_policy", "open_case", "undo"]


@transaction.atomic
def open_by_policy(submission_id: str) -> None:
    """Open a case where the policy still asks for one with the submission locked: a key may have decided since."""
    found = asking([submission_id]) if cases.locked(submission_id) else {}
    if submission_id in found:
        open_case(submission_id, *found[submission_id])


@transaction.atomic
def open_case(submission_id: str, reason: CaseReason, priority: Priority | None = None) -> Case | None:
    """Return the submission's case, made where there is none; None where there is no picture to see, or no more."""
    submission = cases.locked(submission_id)
    if submission is None or submission.image_id is None:
        return None
    urgency = Priority(submission.priority) if priority is None else priority
    return cases.case_of(submission) or cases.make(submission, reason, urgency)


@transaction.atomic
def decide(case_id: str, person: Person, choice: Choice) -> Decision | Judgement:
    """Decide an open case; the verdict is revised at once, its event waits for the retraction window.

    A case that measures people gets a judgement, which changes no verdict. Nobody else may hold a claim on the case.

    Raises:
        Problem: ``forbidden`` (also to who decided what is appealed, and to moderators where it was escalated),
            ``invalid``, ``not-found``, or ``conflict`` when the case was decided meanwhile.
    """
    _check(person, choice)
    case = cases.held_case(case_id)
    if case.kind == CaseKind.FIRST:
        return _decide_first(case, person, choice)
    _close(case, person)
    return judgements.make(case, person, choice)


@transaction.atomic
def decide_submission(submission: Submission, by: rights.Decider, choice: Choice) -> Decision:
    """Decide on a submission whether it has a case or not.

    A person decides a case as :func:`decide` says. A client's key may decide again what was decided; its decision is
    told at once and closes the case that is open.

    Raises:
        Problem: as :func:`decide`; ``conflict`` while the analysis runs.
    """
    if isinstance(by, Person):
        _check(by, choice)
    else:
        decisions.check(choice)
    locked = cases.held(submission.pk)
    case = cases.case_of(locked)
    if case and isinstance(by, Person):
        return _decide_first(case, by, choice)
    decision = decisions.make(locked, case, by, choice)
    if case:
        cases.close(case)
    return decision


def _decide_first(case: Case, person: Person, choice: Choice) -> Decision:
    _close(case, person)
    return decisions.make(case.submission, case, person, choice)


def _close(case: Case, person: Person) -> None:
    barred = rights.refusal(person, case)
    if barred and case.state == CaseState.OPEN:
        raise Problem("forbidden", barred)
    if cases.close_by(case, person):
        return
    if case.state == CaseState.OPEN:
        raise Problem("conflict", _("Somebody else works on this case. It comes back to the queue if they leave it."))
    raise Problem("conflict", _("Somebody decided this case before you. Look at it again to see what they chose."))


def _check(person: Person, choice: Choice) -> None:
    if not person.may_review():
        raise Problem("forbidden", _("Only moderators, leads and administrators decide."))
    decisions.check(choice)
