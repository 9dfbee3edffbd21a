"""What happened to a case, in words, the newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moderation.audit.models import Entry
from moderation.clients.models import Person
from moderation.review.models import CLIENT_SIDE, Case, CaseReason, Decision, Judgement, ReasonCode
from moderation.verdicts.models import Finding, HumanLabel

ASKED = {"case.opened": _("Held for review: %(why)s"), "case.raised": _("Moved up: %(why)s")}
DONE = {
    "case.claimed": _("%(who)s claimed the case"),
    "case.released": _("%(who)s gave the case back"),
    "case.skipped": _("%(who)s skipped the case"),
    "case.assigned": _("%(who)s gave the case to somebody"),
    "case.escalated": _("%(who)s left the case to a lead"),
    "decision.undone": _("%(who)s undid the decision"),
}
DONE_BY_READER = {
    "case.claimed": _("You claimed the case"),
    "case.released": _("You gave the case back"),
    "case.skipped": _("You skipped the case"),
    "case.assigned": _("You gave the case to somebody"),
    "case.escalated": _("You left the case to a lead"),
    "decision.undone": _("You undid the decision"),
}
DECIDED = {"case.decided", "case.judged"}


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
    lines = [Line(submission.created_at, gettext("Received from %(client)s") % {"client": case.client.name})]
    if submission.analysed_at:
        models = {str(finding.model) for finding in _findings(case)}
        by = gettext("Analysed by %(models)s") % {"models": ", ".join(sorted(models))}
        text = by if models else gettext("The analysis ended without a finding")
        lines.append(Line(submission.analysed_at, text))
    return lines


def _findings(case: Case) -> Iterable[Finding]:
    return Finding.objects.filter(submission=case.submission_id).select_related("model")


def _entries(case: Case, reader: Person) -> list[Line]:
    entries = list(Entry.objects.filter(object_id=case.pk))
    made: dict[str, Decision | Judgement] = {one.pk: one for one in Decision.objects.filter(case=case)}
    made |= {one.pk: one for one in Judgement.objects.filter(case=case)}
    names = _names({entry.actor for entry in entries})
    return [_line(entry, made.get(entry.data.get("decision", "")), names, reader.actor()) for entry in entries]


def _names(actors: set[str]) -> dict[str, str]:
    keys = [actor.removeprefix("person:") for actor in actors if actor.startswith("person:")]
    return {person.actor(): person.display_name() for person in Person.objects.filter(pk__in=keys)}


def _line(entry: Entry, made: Decision | Judgement | None, names: dict[str, str], reader: str) -> Line:
    who = _who(entry.actor, names)
    if entry.action in ASKED:
        return Line(entry.at, ASKED[entry.action] % {"why": _why(entry)})
    if entry.action in DECIDED and made:
        said = gettext("You decided: %(what)s") if entry.actor == reader else gettext("%(who)s decided: %(what)s")
        return Line(entry.at, said % {"who": who, "what": _chosen(made)}, made.note)
    if entry.action in DONE:
        return Line(entry.at, (DONE_BY_READER if entry.actor == reader else DONE)[entry.action] % {"who": who})
    return Line(entry.at, f"{who}: {entry.action}")


def _who(actor: str, names: dict[str, str]) -> str:
    if actor.startswith("key:"):
        return str(CLIENT_SIDE)
    return names.get(actor, "Assay" if actor == "system" else gettext("Somebody"))


def _why(entry: Entry) -> str:
    reason = entry.data.get("reason", "")
    why = str(CaseReason(reason).label) if reason in CaseReason.values else reason
    return f"{why[:1].lower()}{why[1:]}"


def _chosen(decision: Decision | Judgement) -> str:
    label = str(HumanLabel(decision.label).label)
    reason = str(ReasonCode(decision.reason_code).label) if decision.reason_code in ReasonCode.values else ""
    return f"{label} ({reason[:1].lower()}{reason[1:]})" if reason else label
