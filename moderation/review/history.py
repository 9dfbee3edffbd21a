"""What happened to a case, in words, the newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from moderation.audit.models import Entry
from moderation.clients.models import Person
from moderation.review.models import CLIENT_SIDE, Case, CaseReason, Decision, ReasonCode
from moderation.verdicts.models import Finding, HumanLabel

ASKED = {"case.opened": "Held for review", "case.raised": "Moved up"}


@dataclass(frozen=True)
class Line:
    """One thing that happened."""

    at: datetime
    text: str
    note: str = ""


def history(case: Case, reader: Person) -> list[Line]:
    """Return the case's history for ``reader``, who is called "You" in it."""
    lines = [*_before(case), *_entries(case, reader)]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _before(case: Case) -> list[Line]:
    submission = case.submission
    lines = [Line(submission.created_at, f"Received from {case.client.name}")]
    if submission.analysed_at:
        models = {str(finding.model) for finding in _findings(case)}
        text = f"Analysed by {', '.join(sorted(models))}" if models else "The analysis ended without a finding"
        lines.append(Line(submission.analysed_at, text))
    return lines


def _findings(case: Case) -> Iterable[Finding]:
    return Finding.objects.filter(submission=case.submission_id).select_related("model")


def _entries(case: Case, reader: Person) -> list[Line]:
    entries = list(Entry.objects.filter(object_id=case.pk))
    decisions = {decision.pk: decision for decision in Decision.objects.filter(case=case)}
    names = _names({entry.actor for entry in entries}, reader)
    return [_line(entry, decisions.get(entry.data.get("decision", "")), names) for entry in entries]


def _names(actors: set[str], reader: Person) -> dict[str, str]:
    keys = [actor.removeprefix("person:") for actor in actors if actor.startswith("person:")]
    people = Person.objects.filter(pk__in=keys)
    names = {person.actor(): person.display_name() for person in people}
    return {**names, reader.actor(): "You"}


def _line(entry: Entry, decision: Decision | None, names: dict[str, str]) -> Line:
    who = _who(entry.actor, names)
    if entry.action in ASKED:
        return Line(entry.at, f"{ASKED[entry.action]}: {_why(entry)}")
    if entry.action == "case.decided" and decision:
        return Line(entry.at, f"{who} decided: {_chosen(decision)}", decision.note)
    if entry.action == "decision.undone":
        return Line(entry.at, f"{who} undid the decision")
    if entry.action == "case.escalated":
        return Line(entry.at, f"{who} left the case to a lead")
    return Line(entry.at, f"{who}: {entry.action}")


def _who(actor: str, names: dict[str, str]) -> str:
    if actor.startswith("key:"):
        return CLIENT_SIDE
    return names.get(actor, "Assay" if actor == "system" else "Somebody")


def _why(entry: Entry) -> str:
    reason = entry.data.get("reason", "")
    why = CaseReason(reason).label if reason in CaseReason.values else reason
    return f"{why[:1].lower()}{why[1:]}"


def _chosen(decision: Decision) -> str:
    label = HumanLabel(decision.label).label
    reason = ReasonCode(decision.reason_code).label if decision.reason_code in ReasonCode.values else ""
    return f"{label} ({reason[:1].lower()}{reason[1:]})" if reason else label
