"""Which submissions want a person, and why: what the policy that judged them says (``docs/verdicts.md``)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from foundation.samples import drawn
from moderation.intake.models import Priority
from moderation.review.cases import ONE_UP, WEIGHT
from moderation.review.models import CaseReason
from moderation.verdicts import review_rules
from moderation.verdicts.models import Action, DecidedBy, Finding, Label, Verdict

SAMPLE = "audit"
Highest = Mapping[str, Sequence[float]]


def asking(submissions: Sequence[str]) -> dict[str, tuple[CaseReason, Priority]]:
    """Return those of the submissions whose standing verdict, a policy's, asks for a person: why, and how urgently.

    Of several reasons it is the weightiest. What the policy would block moves up by one level; what was only drawn at
    random waits behind all else. The sample is the same however often it is drawn: it follows from the identifier.
    """
    standing = Verdict.objects.filter(submission__in=submissions, is_current=True, decided_by=DecidedBy.POLICY)
    verdicts = list(standing.select_related("policy_version", "submission"))
    spoken = _spoken([one.submission_id for one in verdicts if _rules(one)["bands"]])
    found = {one.submission_id: _reasons(one, spoken[one.submission_id]) for one in verdicts}
    urgency = {one.submission_id: Priority(one.submission.priority) for one in verdicts}
    blocked = {one.submission_id for one in verdicts if one.action == Action.BLOCK}
    return {
        pk: (reason := max(reasons, key=WEIGHT.index), _urgency(reason, urgency[pk], blocked=pk in blocked))
        for pk, reasons in found.items()
        if reasons
    }


def _urgency(reason: CaseReason, priority: Priority, *, blocked: bool) -> Priority:
    if reason == CaseReason.AUDIT:
        return Priority.LOW
    return ONE_UP[priority] if blocked else priority


def _reasons(verdict: Verdict, spoken: Highest) -> list[CaseReason]:
    rules, submission = _rules(verdict), verdict.submission
    found = []
    if verdict.action in (Action.REVIEW, Action.BLOCK):
        found.append(CaseReason.UNCERTAIN if verdict.label == Label.UNCERTAIN else CaseReason.POLICY)
    if any(_lies_in(band, spoken) for band in rules["bands"]):
        found.append(CaseReason.BAND)
    limit = rules["disagreement"]
    if limit is not None and submission.disagreement is not None and submission.disagreement >= limit:
        found.append(CaseReason.DISAGREEMENT)
    if drawn(SAMPLE, submission.pk, rules["audit_share"]):
        found.append(CaseReason.AUDIT)
    return found


def _lies_in(band: Mapping[str, Any], spoken: Highest) -> bool:
    return any(band["from"] <= value <= band["to"] for value in spoken.get(band["role"], ()))


def _rules(verdict: Verdict) -> dict[str, Any]:
    return dict(review_rules.complete(verdict.policy_version.review))


def _spoken(submissions: Iterable[str]) -> dict[str, dict[str, list[float]]]:
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    rows = Finding.objects.filter(submission__in=list(submissions))
    for submission, role, probability in rows.values_list("submission_id", "role", "probability"):
        found[submission][role].append(probability)
    return found
