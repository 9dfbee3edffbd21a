"""Open cases, decide them, undo a decision, escalate."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Person
from moderation.events import services as events
from moderation.intake.models import Priority, Submission
from moderation.review import cases, decisions, rights, settling, told
from moderation.review.decisions import Choice
from moderation.review.models import Case, CaseReason, CaseState, Decision
from moderation.verdicts import services as verdicts
from moderation.verdicts.models import Action, DecidedBy, Verdict

__all__ = ["Choice", "asking", "decide", "decide_submission", "escalate", "open_by_policy", "open_case", "undo"]


def asking(submissions: Sequence[str]) -> set[str]:
    """Return those of the submissions of which the policy's standing verdict asks for a person."""
    rows = Verdict.objects.filter(submission__in=submissions, is_current=True, decided_by=DecidedBy.POLICY)
    return set(rows.filter(action__in=[Action.REVIEW, Action.BLOCK]).values_list("submission", flat=True))


@transaction.atomic
def open_by_policy(submission_id: str) -> None:
    """Open a case where the policy still asks for one with the submission locked: a key may have decided since."""
    if cases.locked(submission_id) and asking([submission_id]):
        open_case(submission_id, CaseReason.POLICY)


@transaction.atomic
def open_case(submission_id: str, reason: CaseReason) -> Case | None:
    """Return the submission's case, made where there is none; None where there is no picture to see, or no more."""
    submission = cases.locked(submission_id)
    if submission is None or submission.image_id is None:
        return None
    return cases.case_of(submission) or cases.make(submission, reason, Priority(submission.priority))


@transaction.atomic
def decide(case_id: str, person: Person, choice: Choice) -> Decision:
    """Decide an open case; the verdict is revised at once, its event waits for the retraction window.

    Raises:
        Problem: ``forbidden`` (also to who decided what is appealed, and to moderators where it was escalated),
            ``invalid``, ``not-found``, or ``conflict`` when the case was decided meanwhile.
    """
    _check(person, choice)
    return _decide_case(_case(case_id), person, choice)


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
        return _decide_case(case, by, choice)
    decision = decisions.make(locked, case, by, choice)
    if case:
        cases.close(case)
    return decision


def _decide_case(case: Case, person: Person, choice: Choice) -> Decision:
    barred = rights.refusal(person, case)
    if barred and case.state == CaseState.OPEN:
        raise Problem("forbidden", barred)
    if not cases.close(case):
        raise Problem("conflict", "Somebody decided this case before you. Look at it again to see what they chose.")
    return decisions.make(case.submission, case, person, choice)


def _check(person: Person, choice: Choice) -> None:
    if not person.may_review():
        raise Problem("forbidden", "Only moderators, leads and administrators decide.")
    decisions.check(choice)


def _case(case_id: str) -> Case:
    """Return the case as it is once nobody else works on its submission."""
    found = Case.objects.filter(pk=case_id).values_list("submission", flat=True).first()
    submission = cases.locked(found) if found else None
    case = cases.case_of(submission) if submission else None
    if case is None:
        raise Problem("not-found", "There is no such case.")
    return case


@transaction.atomic
def undo(decision_id: str, person: Person) -> Decision:
    """Undo one's own decision while its event has not been told; the verdict before it stands again.

    What the decision had settled, reports and an appeal, is open again.

    Raises:
        Problem: ``forbidden``, ``not-found``, or ``conflict`` when it is undone, replaced or told already.
    """
    found = Decision.objects.filter(pk=decision_id).first()
    if found is None:
        raise Problem("not-found", "There is no such decision.")
    if found.person_id != person.pk or not person.may_review():
        raise Problem("forbidden", "Only the person who decided can undo.")
    submission = cases.held(found.submission_id)
    if not _take_back(decision_id):
        raise Problem("conflict", "It is too late to undo: the decision was already sent, replaced or undone.")
    verdicts.restore(submission, found.replaced_revision, untold=True)
    case = cases.case_of(submission)
    if case and found.case_id:
        cases.reopen(case)
    audit.record(person.actor(), "decision.undone", found.case_id or submission.pk, {"decision": decision_id})
    return Decision.objects.select_related("case").get(pk=decision_id)


def _take_back(decision_id: str) -> bool:
    """Take back the decision and its events; where that is False the caller's transaction must be rolled back."""
    decision = Decision.objects.get(pk=decision_id)
    stands = Verdict.objects.filter(submission=decision.submission_id, is_current=True, revision=decision.revision)
    fresh = Decision.objects.filter(pk=decision_id, undone_at=None)
    return (
        stands.exists()
        and events.retract(decision.event_id)
        and settling.unsettle(decision)
        and bool(fresh.update(undone_at=timezone.now()))
    )


@transaction.atomic
def escalate(case_id: str, person: Person, note: str = "") -> Case:
    """Leave an open case to leads and administrators, at the top of the queue; the client is told.

    Raises:
        Problem: ``forbidden``, ``invalid``, ``not-found``, or ``conflict`` when it is decided or escalated already.
    """
    if not person.may_review():
        raise Problem("forbidden", "Only moderators, leads and administrators escalate.")
    if len(note) > decisions.LONGEST_NOTE:
        fault = {"pointer": "#/note", "detail": f"Must be at most {decisions.LONGEST_NOTE:,} characters."}
        raise Problem("invalid", "The case was not escalated.", errors=[fault])
    case = _case(case_id)
    if not cases.escalate(case, note):
        raise Problem("conflict", "This case was decided or escalated before you.")
    audit.record(person.actor(), "case.escalated", case.pk, {"submission": case.submission_id})
    events.record(case.client, "case.escalated", case.submission_id, told.case(case))
    return case
