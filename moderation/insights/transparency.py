"""What is owed to the public and to authors: how often what was decided, and the reasons for each decision.

The columns follow what Article 17(3) of Regulation (EU) 2022/2065 asks of a statement of reasons (the restriction, the
facts, whether automated means detected or decided, the ground, the redress), the counts what Articles 15 and 24 ask.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from foundation.times import rfc3339
from moderation.audit import services as audit
from moderation.clients.desk import person_of
from moderation.insights import access
from moderation.insights.scope import Scope
from moderation.review.models import Appeal, Outcome, Report
from moderation.verdicts.models import Action, DecidedBy, Label, Verdict

AT_ONCE = 500
HOUR = 3600
REDRESS = "appeal to the platform, decided by somebody else than the first decider"
COLUMNS = (
    "id",
    "submission",
    "external_id",
    "client",
    "decided_at",
    "revision",
    "label",
    "action",
    "automated_detection",
    "automated_decision",
    "policy",
    "policy_version",
    "models",
    "reasons",
    "stands",
    "redress",
)
FORMS: Mapping[str, str] = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


@dataclass(frozen=True)
class Counts:
    """What was decided in a period, and what came of objections."""

    verdicts: int
    automated: int
    by_people: int
    labels: Mapping[str, int]
    actions: Mapping[str, int]
    reports: int
    appeals: int
    appeals_decided: int
    appeals_upheld: int
    hours: float | None


def verdicts(scope: Scope) -> QuerySet[Verdict]:
    """Return every verdict that was given in the period, revisions too."""
    return scope.seen(scope.since(Verdict.objects.all(), "vrd"), "submission__client")


def count(scope: Scope) -> Counts:
    """Count the period's decisions; ``hours`` is the median time from an appeal to its decision."""
    facts = Counter(verdicts(scope).order_by().values_list("label", "action", "decided_by"))
    labels, actions, deciders = Counter[str](), Counter[str](), Counter[str]()
    for (label, action, decider), number in facts.items():
        labels[label] += number
        actions[action] += number
        deciders[decider] += number
    appeals = list(
        scope.seen(scope.since(Appeal.objects.all(), "apl")).values_list("opened_at", "decided_at", "outcome")
    )
    waits = [(decided - opened).total_seconds() / HOUR for opened, decided, _ in appeals if decided]
    return Counts(
        verdicts=facts.total(),
        automated=deciders[DecidedBy.POLICY],
        by_people=deciders[DecidedBy.PERSON],
        labels={label: labels[label] for label in Label.values},
        actions={action: actions[action] for action in Action.values},
        reports=scope.seen(scope.since(Report.objects.all(), "rpt")).count(),
        appeals=len(appeals),
        appeals_decided=len(waits),
        appeals_upheld=sum(outcome == Outcome.UPHELD for _, _, outcome in appeals),
        hours=median(waits) if waits else None,
    )


def statements(scope: Scope) -> Iterator[dict[str, Any]]:
    """Return a statement of reasons for each verdict of the period, the oldest first, without holding all of them."""
    rows = verdicts(scope).select_related("submission__client", "policy_version__policy").order_by("pk")
    after = ""
    while found := list(rows.filter(pk__gt=after)[:AT_ONCE]):
        yield from map(statement, found)
        after = found[-1].pk


def statement(verdict: Verdict) -> dict[str, Any]:
    """Return the reasons for one verdict; nothing in it names a person."""
    automated = verdict.decided_by == DecidedBy.POLICY
    return {
        "id": verdict.pk,
        "submission": verdict.submission_id,
        "external_id": verdict.submission.external_id,
        "client": verdict.submission.client.slug,
        "decided_at": rfc3339(verdict.decided_at),
        "revision": verdict.revision,
        "label": verdict.label,
        "action": verdict.action,
        "automated_detection": bool(verdict.roles_run),
        "automated_decision": automated,
        "policy": verdict.policy_version.policy.name,
        "policy_version": verdict.policy_version.number,
        "models": dict(verdict.roles_run),
        "reasons": [reason["text"] for reason in verdict.reasons],
        "stands": verdict.is_current,
        "redress": REDRESS,
    }


@require_safe
@access.overseers
def transparency(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the counts of the period, and where the statements are fetched."""
    return access.page(request, scope, "transparency.html", {"counts": count(scope), "forms": list(FORMS)})


@require_safe
@access.overseers
def download(request: HttpRequest, scope: Scope, form: str) -> StreamingHttpResponse:
    """Stream the statements of the period as CSV or JSON lines; that they were taken is logged."""
    about = {"form": form, "days": scope.days, "client": scope.client.pk if scope.client else None}
    audit.record(person_of(request).actor(), "statements.exported", "statements", about)
    lines = WRITERS[form](statements(scope))
    response = StreamingHttpResponse(lines, content_type=FORMS[form])
    name = f"statements-of-reasons-{scope.dates[0]}-{scope.dates[-1]}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def as_jsonl(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(row, ensure_ascii=False) + "\n"


def as_csv(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in COLUMNS])
        yield _taken(buffer)
    yield _taken(buffer)


WRITERS: Mapping[str, Callable[[Iterator[dict[str, Any]]], Iterator[str]]] = {"csv": as_csv, "jsonl": as_jsonl}


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cell(value: Any) -> Any:
    """Return the value as a cell that no spreadsheet takes for a formula."""
    if isinstance(value, list):
        value = " ".join(value)
    if isinstance(value, dict):
        value = " ".join(f"{name}={model}" for name, model in sorted(value.items()))
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
