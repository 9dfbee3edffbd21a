"""Keep on the submission's own row what is held of it, for lists, filters and charts.

Callers hold the submission's row: they write in the transaction that gives or revises its verdict.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from moderation.intake.models import Submission
from moderation.verdicts.models import DecidedBy, Finding, Verdict

NONE: dict[str, Any] = {
    "verdict_label": "",
    "verdict_action": "",
    "decided_by": "",
    "confidence": None,
    "human_label": "",
    "reviewed_at": None,
}


def keep_analysis(
    submission: Submission, verdict: Verdict, findings: Sequence[Finding], models: Iterable[str], *, matched: bool
) -> None:
    """Keep the first verdict and what the models said; ``models`` are the ids of those that looked."""
    highest = _highest(findings)
    _write(
        submission,
        **_of(verdict),
        highest=max(highest.values(), default=None),
        disagreement=max(highest.values()) - min(highest.values()) if len(highest) > 1 else None,
        models_run=sorted(set(models)),
        has_match=matched,
    )


def keep(submission: Submission, verdict: Verdict | None, note: str = "") -> None:
    """Keep the verdict that stands now, None for none; ``note`` of who decided is added to what can be searched."""
    noted = {"notes": f"{submission.notes}\n{note}".strip()} if note else {}
    _write(submission, **(_of(verdict) if verdict else NONE), **noted)


def _write(submission: Submission, **columns: Any) -> None:
    Submission.objects.filter(pk=submission.pk).update(**columns)
    for name, value in columns.items():
        setattr(submission, name, value)


def _of(verdict: Verdict) -> dict[str, Any]:
    kept = {
        "verdict_label": verdict.label,
        "verdict_action": verdict.action,
        "decided_by": verdict.decided_by,
        "confidence": verdict.confidence,
    }
    if verdict.decided_by == DecidedBy.PERSON:
        decided = (verdict.decision or {}).get("label", "")
        return {**kept, "human_label": decided, "reviewed_at": verdict.decided_at}
    return {**kept, "human_label": "", "reviewed_at": None, "policy_label": verdict.label}


def _highest(findings: Iterable[Finding]) -> dict[str, float]:
    """Return each role's highest probability: of several faces the most suspect one."""
    highest: dict[str, float] = {}
    for finding in findings:
        highest[finding.role] = max(finding.probability, highest.get(finding.role, 0.0))
    return highest
