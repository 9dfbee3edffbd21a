"""Make a decision: revise the verdict, settle what was asked for, and write down what lay before the decider."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.ids import new_id
from foundation.problems import Problem
from foundation.times import rfc3339
from moderation.audit import services as audit
from moderation.clients.models import ApiKey, Person
from moderation.intake.models import State, Submission
from moderation.review import rights, settling
from moderation.review.models import Case, Decision, ReasonCode
from moderation.review.rights import Decider
from moderation.verdicts import services as verdicts
from moderation.verdicts.models import Finding, HumanLabel, Verdict

log = structlog.get_logger(__name__)
JUDGED = (State.ANALYSED, State.FAILED)
LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Choice:
    """What a decider chose; ``first_label`` is what they said before they saw what the models say."""

    label: str
    reason_code: str = ""
    note: str = ""
    first_label: str = ""


def check(choice: Choice) -> None:
    """Refuse a choice that cannot be.

    Raises:
        Problem: ``invalid``, with a pointer to each fault.
    """
    faults = []
    if choice.label not in HumanLabel.values:
        faults.append({"pointer": "#/label", "detail": f"Must be one of {', '.join(HumanLabel.values)}."})
    if choice.first_label and choice.first_label not in HumanLabel.values:
        faults.append({"pointer": "#/first_label", "detail": f"Must be one of {', '.join(HumanLabel.values)}."})
    if choice.reason_code and choice.reason_code not in ReasonCode.values:
        faults.append({"pointer": "#/reason_code", "detail": f"Must be one of {', '.join(ReasonCode.values)}."})
    if len(choice.note) > LONGEST_NOTE:
        faults.append({"pointer": "#/note", "detail": f"Must be at most {LONGEST_NOTE:,} characters."})
    if faults:
        raise Problem("invalid", _("The decision was not saved."), errors=faults)


def make(submission: Submission, case: Case | None, by: Decider, choice: Choice) -> Decision:
    """Write the decision and what follows from it; a person's is held for the retraction window, a key's told at once.

    The caller holds the submission locked.

    Raises:
        Problem: ``conflict`` before the analysis ended or without a picture; ``forbidden`` to who decided what is
            appealed.
    """
    if submission.state not in JUDGED:
        raise Problem("conflict", _("The analysis has not ended yet: there is nothing to decide on."))
    if submission.image_id is None:
        raise Problem("conflict", _("The picture could not be fetched: there is nothing to decide on."))
    before = Verdict.objects.filter(submission=submission, is_current=True).first()
    if barred := rights.barred_by_appeal(by, submission):
        raise Problem("forbidden", barred)
    decision = _draft(submission, case, by, choice)
    decision.seen = seen_of(submission, before)
    decision.replaced_revision = before.revision if before else None
    hold = settings.RETRACTION_WINDOW if isinstance(by, Person) else timedelta(0)
    verdict, event = verdicts.revise_by_person(submission, choice.label, summary(decision), hold, choice.note)
    decision.revision, decision.event_id = verdict.revision, event.pk
    decision.save(force_insert=True)
    settling.settle(decision, verdict, hold)
    _note(decision, by, before, verdict)
    return decision


def _draft(submission: Submission, case: Case | None, by: Decider, choice: Choice) -> Decision:
    return Decision(
        id=new_id("dec"),
        case=case,
        submission=submission,
        person=by if isinstance(by, Person) else None,
        key=by if isinstance(by, ApiKey) else None,
        label=choice.label,
        first_label=choice.first_label,
        reason_code=choice.reason_code,
        note=choice.note,
        decided_at=timezone.now(),
    )


def summary(decision: Decision) -> dict[str, str | None]:
    """Return the decision as the verdict document shows it."""
    return {
        "id": decision.pk,
        "label": decision.label,
        "reason_code": decision.reason_code or None,
        "decided_at": rfc3339(decision.decided_at),
    }


def seen_of(submission: Submission, verdict: Verdict | None) -> dict[str, object]:
    """Return what lay before the decider: the verdict's revision and each finding with its model and probability."""
    findings = Finding.objects.filter(submission=submission).values_list("pk", "model_id", "probability")
    return {
        "revision": verdict.revision if verdict else None,
        "findings": [{"id": pk, "model": model, "probability": value} for pk, model, value in findings],
    }


def actor_of(by: Decider) -> str:
    """Return the opaque id under which the decider stands in the audit log."""
    return by.actor() if isinstance(by, Person) else f"key:{by.pk}"


def _note(decision: Decision, by: Decider, before: Verdict | None, after: Verdict) -> None:
    about = {"decision": decision.pk, "label": decision.label, "seen": decision.seen, "revision": decision.revision}
    action, subject = ("case.decided", decision.case_id) if decision.case_id else ("decision.made", None)
    audit.record(
        actor_of(by),
        action,
        subject or decision.submission_id,
        about,
        client=decision.submission.client_id,
        before=_standing(before) if before else None,
        after=_standing(after),
    )
    log.info("case_decided", submission=decision.submission_id, case=decision.case_id, label=decision.label)


def _standing(verdict: Verdict) -> dict[str, object]:
    return {"revision": verdict.revision, "label": verdict.label, "action": verdict.action}
