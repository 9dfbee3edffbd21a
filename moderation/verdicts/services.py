"""Record findings, and the revisions of a submission's verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from foundation import metrics
from foundation.problems import Problem
from foundation.problems import document as problem_document
from moderation.events import services as events
from moderation.events.models import Event
from moderation.intake import transitions
from moderation.intake.models import Submission
from moderation.matching import services as matching
from moderation.registry.models import ModelVersion
from moderation.verdicts import judge, policies, standing, words
from moderation.verdicts.document import frozen
from moderation.verdicts.judge import Rules
from moderation.verdicts.models import DecidedBy, Finding, HumanLabel, Provenance, Verdict
from moderation.verdicts.provenance import Examined
from moderation.verdicts.readings import Known, Reading

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Said:
    """What one model said, before it is a finding. Box: [x, y, width, height] in pixels of the upright image."""

    model: ModelVersion
    probability: float
    score: float
    box: list[int] | None = None
    has_heatmap: bool = False


@transaction.atomic(savepoint=False)
def record_analysis(
    submission: Submission,
    said: Sequence[Said],
    roles_run: Mapping[str, str],
    examined: Examined | None = None,
    hashes: Sequence[bytes] | None = None,
) -> list[Finding]:
    """Write the findings, the first verdict and its event; return the findings in the order of ``said``.

    ``roles_run`` maps each role that ran, with something to say or not, to the id of its model; ``examined`` is what
    the file says of its origin, None where that was not looked at; ``hashes`` are the picture's perceptual ones, None
    for those that are kept of it already.

    Does nothing, and returns an empty list, when the submission is no longer waiting for its first verdict.
    """
    if not transitions.mark_analysed(submission):
        return []
    version = policies.version_for(submission.client)
    rules = judge.rules_from(version)
    findings = Finding.objects.bulk_create([_finding(submission, one, rules) for one in said])
    if examined:
        Provenance.objects.create(submission=submission, findings=examined.findings, trust_list=examined.trust_list)
    signed_ai = examined.signed_ai() if examined else None
    known = [Known(one.kind, one.label, one.distance) for one in matching.match(submission, hashes)]
    judgement = judge.judge(readings_of(findings), roles_run, rules, signed_ai, known)
    verdict = Verdict.objects.create(
        submission=submission,
        revision=1,
        label=judgement.label,
        action=judgement.action,
        confidence=judgement.confidence,
        decided_by=DecidedBy.POLICY,
        policy_version=version,
        reasons=judgement.reasons,
        roles_run=dict(roles_run),
    )
    standing.keep_analysis(submission, verdict, findings, roles_run.values(), matched=bool(known))
    events.record(submission.client, "submission.analysed", submission.pk, frozen(submission))
    transaction.on_commit(partial(_tell, verdict))
    return findings


def _finding(submission: Submission, said: Said, rules: Rules) -> Finding:
    limits = rules.of(said.model.role)
    return Finding(
        submission=submission,
        model=said.model,
        role=said.model.role,
        probability=said.probability,
        score=said.score,
        box=said.box,
        label=judge.label_of(said.model.role, said.probability, rules),
        thresholds={"review": limits.review, "label": limits.label, "block": limits.block},
        has_heatmap=said.has_heatmap,
    )


def readings_of(findings: Sequence[Finding]) -> list[Reading]:
    """Return the readings behind findings, faces counted per role."""
    faces = [finding for finding in findings if finding.box is not None]
    numbered = {finding.pk: number for number, finding in enumerate(faces, start=1)}
    return [
        Reading(finding.role, finding.probability, numbered.get(finding.pk, 0), len(faces) if finding.box else 0)
        for finding in findings
    ]


@transaction.atomic
def record_failure(submission: Submission, code: str, detail: str) -> bool:
    """Mark the submission failed with a problem, and tell; return whether this call did it."""
    if not transitions.mark_failed(submission, problem_document(Problem(code, detail))):
        return False
    events.record(submission.client, "submission.failed", submission.pk, frozen(submission))
    transaction.on_commit(partial(_tell_failure, submission.pk, code, detail))
    return True


@transaction.atomic
def revise_by_person(
    submission: Submission, human_label: str, decision: Mapping[str, Any], hold: timedelta, note: str = ""
) -> tuple[Verdict, Event]:
    """Replace the current verdict by a person's; its event is told after ``hold``, unless retracted before.

    ``decision`` is what the document shows of it; the revision that it makes is added here. From now on the client
    knows the picture by it. ``note`` is what the person wrote, for the search.
    """
    version = policies.version_for(submission.client)
    label, action = judge.human_verdict(human_label, version.actions)
    current = _lock_current(submission)
    revision = _next_revision(submission)
    verdict = _succeed(
        submission,
        revision,
        label=label,
        action=action,
        confidence=None,
        decided_by=DecidedBy.PERSON,
        policy_version=version,
        reasons=[words.decided(label)],
        roles_run=current.roles_run if current else {},
        decision={**decision, "revision": revision},
    )
    standing.keep(submission, verdict, note)
    matching.teach(submission, human_label)
    return verdict, _tell_revision(submission, hold)


@transaction.atomic
def restore(submission: Submission, revision: int | None, *, untold: bool) -> Verdict | None:
    """Put back, as a further revision, what stood at ``revision`` (None: nothing stood, as after a failed analysis).

    ``untold`` says that the decision's own event was retracted: then nobody outside has to hear of the undoing.
    """
    _lock_current(submission)
    before = Verdict.objects.filter(submission=submission, revision=revision).first() if revision else None
    decided = before.decision if before else None
    matching.teach(submission, decided["label"] if decided else HumanLabel.CANNOT_TELL)
    if before is None:
        Verdict.objects.filter(submission=submission, is_current=True).update(is_current=False)
        standing.keep(submission, None)
        return None
    fields = ("label", "action", "confidence", "decided_by", "policy_version", "roles_run", "decision")
    kept = {name: getattr(before, name) for name in fields}
    reasons = [words.undone(), *before.reasons]
    verdict = _succeed(submission, _next_revision(submission), reasons=reasons, **kept)
    standing.keep(submission, verdict)
    if not untold:
        _tell_revision(submission, timedelta(0))
    return verdict


def _lock_current(submission: Submission) -> Verdict | None:
    Submission.objects.select_for_update().get(pk=submission.pk)
    return Verdict.objects.filter(submission=submission, is_current=True).first()


def _next_revision(submission: Submission) -> int:
    newest = Verdict.objects.filter(submission=submission).order_by("-revision").values_list("revision", flat=True)
    return (newest.first() or 0) + 1


def _succeed(submission: Submission, revision: int, **content: Any) -> Verdict:
    Verdict.objects.filter(submission=submission, is_current=True).update(is_current=False)
    verdict = Verdict.objects.create(submission=submission, revision=revision, **content)
    transaction.on_commit(partial(_tell, verdict))
    return verdict


def _tell_revision(submission: Submission, hold: timedelta) -> Event:
    not_before = timezone.now() + hold if hold else None
    return events.record(submission.client, "verdict.revised", submission.pk, frozen(submission), not_before=not_before)


def _tell_failure(submission_id: str, code: str, detail: str) -> None:
    metrics.FAILURES.labels(code).inc()
    log.warning("submission_failed", submission=submission_id, code=code, detail=detail)


def _tell(verdict: Verdict) -> None:
    metrics.VERDICTS.labels(verdict.label, verdict.action, verdict.decided_by).inc()
    log.info(
        "verdict_given",
        submission=verdict.submission_id,
        revision=verdict.revision,
        label=verdict.label,
        action=verdict.action,
        decided_by=verdict.decided_by,
    )
