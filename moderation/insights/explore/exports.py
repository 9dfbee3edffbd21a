"""Take along what the explorer shows: a table, or the documents, sent while they are read."""

import csv
import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings

from foundation.times import rfc3339
from moderation.audit import services as audit
from moderation.clients.models import Person
from moderation.insights.explore import paging
from moderation.insights.explore.paging import Rows, Sort
from moderation.intake.models import Submission
from moderation.verdicts import document, explorer
from moderation.verdicts.explorer import Asked

HEADER = (
    "id",
    "external_id",
    "client",
    "author_id",
    "file_name",
    "source",
    "sha256",
    "received_at",
    "analysed_at",
    "state",
    "verdict",
    "action",
    "decided_by",
    "confidence",
    "highest_probability",
    "disagreement",
    "policy_label",
    "human_label",
    "agrees",
    "reviewed_at",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run."""


class Line:
    """A file that hands back what is written to it: the csv module's way of making one line."""

    def write(self, text: str) -> str:
        return text


def unsealed(asked: Asked, person: Person) -> Rows:
    """Return what may leave: what the filter finds for the person, sealed pictures left out for everybody."""
    return explorer.rows(asked, person).filter(image__sealed_at=None).select_related("image", "client")


def table(rows: Rows, sort: Sort) -> Iterator[str]:
    """Return the lines of a CSV file; what begins like a formula is quoted with an apostrophe."""
    writer: Any = csv.writer(Line())
    yield writer.writerow(HEADER)
    for row in paging.everything(rows, sort):
        yield writer.writerow([cell(value) for value in cells(row)])


def documents(rows: Rows, sort: Sort) -> Iterator[str]:
    """Return one document a line, with the API's paths in place of signed links."""
    for row in paging.everything(document.complete(rows), sort):
        body = document.render(row, lambda path: path, settings.SITE_ADDRESS)
        yield json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n"


FORMS = {"csv": (table, "text/csv; charset=utf-8"), "jsonl": (documents, "application/x-ndjson")}


def noted(person: Person, form: str, asked: Asked) -> None:
    """Write down who took what along."""
    audit.record(person.actor(), "explorer.exported", "explorer", {"form": form, **told(asked)})


def told(asked: Asked) -> dict[str, Any]:
    """Return a filter for the audit log, which keeps no words and no names of accounts."""
    return {"filter": asked.query(q=(), author_id=()), "by": sorted(asked.given)}


def cells(row: Submission) -> Sequence[Any]:
    """Return a submission's values in the order of the header."""
    return (
        row.pk,
        row.external_id,
        row.client.slug,
        row.author_id,
        row.file_name,
        row.source,
        row.image.sha256 if row.image else "",
        rfc3339(row.created_at),
        rfc3339(row.analysed_at),
        row.state,
        row.verdict_label,
        row.verdict_action,
        row.decided_by,
        row.confidence,
        row.highest,
        row.disagreement,
        row.policy_label,
        row.human_label,
        row.agrees,
        rfc3339(row.reviewed_at),
    )


def cell(value: Any) -> Any:
    """Return a value as it stands in a table."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
