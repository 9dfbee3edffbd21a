"""Open cases, decide them, undo a decision."""

from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from foundation.ids import new_id
from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Person
from moderation.events import services as events
from moderation.events.models import Event
from moderation.intake.models import Submission
from moderation.review.models import Case, CaseReason, CaseState, Decision, ReasonCode
from moderation.verdicts import services as verdicts
from moderation.verdicts.document import rfc3339
from moderation.verdicts.models import Action, DecidedBy, Finding, HumanLabel, Verdict

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Choice:
    """What a moderator chose."""

    label: str
    reason_code: str = ""
    note: str = ""


def open_for(event: Event) -> None:
    """Consume an event: open a case where the analysis failed or the policy asks for review."""
    if event.type == "submission.failed":
        open_case(event.subject, CaseReason.FAILED)
    elif event.type == "submission.analysed" and _asks_for_review(event.subject):
        open_case(event.subject, CaseReason.POLICY)


def _asks_for_review(submission_id: str) -> bool:
    current = Verdict.objects.filter(submission=submission_id, is_current=True, decided_by=DecidedBy.POLICY)
    return current.filter(action__in=[Action.REVIEW, Action.BLOCK]).exists()


def open_case(submission_id: str, reason: CaseReason) -> Case | None:
    """Return the submission's case, made where there is none; None when the submission was erased meanwhile."""
    submission = Submission.objects.filter(pk=submission_id).first()
    if submission is None:
        return None
    defaults = {"client_id": submission.client_id, "reason": reason}
    case, created = Case.objects.get_or_create(submission=submission, defaults=defaults)
    if created:
        audit.record("system", "case.opened", case.pk, {"submission": submission.pk, "reason": reason})
    return case


@transaction.atomic
def decide(case_id: str, person: Person, choice: Choice) -> Decision:
    """Decide an open case; the verdict is revised at once, its event waits for the retraction window.

    Raises:
        Problem: ``forbidden``, ``invalid``, ``not-found``, or ``conflict`` when the case was decided meanwhile.
    """
    _check(person, choice)
    case = _locked(case_id)
    if not Case.objects.filter(pk=case.pk, state=CaseState.OPEN).update(
        state=CaseState.DECIDED, decided_at=timezone.now()
    ):
        raise Problem("conflict", "Somebody decided this case before you. Look at it again to see what they chose.")
    decision = _revise(case, person, choice)
    audit.record(
        person.actor(),
        "case.decided",
        case.pk,
        {"decision": decision.pk, "label": choice.label, "seen": decision.seen, "revision": decision.revision},
    )
    log.info("case_decided", submission=case.submission_id, case=case.pk, label=choice.label)
    return decision


def _check(person: Person, choice: Choice) -> None:
    if not person.may_review():
        raise Problem("forbidden", "Only moderators, leads and administrators decide.")
    faults = []
    if choice.label not in HumanLabel.values:
        faults.append({"pointer": "#/label", "detail": f"Must be one of {', '.join(HumanLabel.values)}."})
    if choice.reason_code and choice.reason_code not in ReasonCode.values:
        faults.append({"pointer": "#/reason_code", "detail": f"Must be one of {', '.join(ReasonCode.values)}."})
    if len(choice.note) > 2000:
        faults.append({"pointer": "#/note", "detail": "Must be at most 2,000 characters."})
    if faults:
        raise Problem("invalid", "The decision was not saved.", errors=faults)


def _locked(case_id: str) -> Case:
    case = Case.objects.select_for_update(of=("self",)).select_related("submission__client").filter(pk=case_id).first()
    if case is None:
        raise Problem("not-found", "There is no such case.")
    return case


def _revise(case: Case, person: Person, choice: Choice) -> Decision:
    submission = case.submission
    before = Verdict.objects.filter(submission=submission, is_current=True).first()
    decision = Decision(
        id=new_id("dec"),
        case=case,
        submission=submission,
        person=person,
        label=choice.label,
        reason_code=choice.reason_code,
        note=choice.note,
        seen=seen_of(submission, before),
        replaced_revision=before.revision if before else None,
    )
    verdict, event = verdicts.revise_by_person(submission, choice.label, summary(decision), settings.RETRACTION_WINDOW)
    decision.revision, decision.event_id = verdict.revision, event.pk
    decision.save(force_insert=True)
    return decision


def summary(decision: Decision) -> dict[str, str | None]:
    """Return the decision as the verdict document shows it."""
    return {
        "id": decision.pk,
        "label": decision.label,
        "reason_code": decision.reason_code or None,
        "decided_at": rfc3339(decision.decided_at),
    }


def seen_of(submission: Submission, verdict: Verdict | None) -> dict[str, object]:
    """Return what lay before the moderator: the verdict's revision and each finding with its model and probability."""
    findings = Finding.objects.filter(submission=submission).values_list("pk", "model_id", "probability")
    return {
        "revision": verdict.revision if verdict else None,
        "findings": [{"id": pk, "model": model, "probability": value} for pk, model, value in findings],
    }


@transaction.atomic
def undo(decision_id: str, person: Person) -> Decision:
    """Undo one's own decision while its event has not been told; the verdict before it stands again.

    Raises:
        Problem: ``forbidden``, ``not-found``, or ``conflict`` when it is undone, replaced or told already.
    """
    decision = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("submission__client")
        .filter(pk=decision_id)
        .first()
    )
    if decision is None:
        raise Problem("not-found", "There is no such decision.")
    if decision.person_id != person.pk or not person.may_review():
        raise Problem("forbidden", "Only the person who decided can undo.")
    case = _locked(decision.case_id)
    if decision.undone_at or not events.retract(decision.event_id):
        raise Problem("conflict", "It is too late to undo: the decision was already sent or undone.")
    Decision.objects.filter(pk=decision.pk).update(undone_at=timezone.now())
    verdicts.restore(case.submission, decision.replaced_revision, untold=True)
    Case.objects.filter(pk=case.pk).update(state=CaseState.OPEN, decided_at=None)
    audit.record(person.actor(), "decision.undone", case.pk, {"decision": decision.pk})
    decision.refresh_from_db()
    return decision
