"""How the API shows decisions, reports and appeals."""

from typing import Any

from foundation.times import rfc3339
from moderation.review.models import Appeal, Decision, Report
from moderation.review.told import appeal_path
from moderation.verdicts.document import path_of


def decision(row: Decision) -> dict[str, Any]:
    return {
        "id": row.pk,
        "submission": row.submission_id,
        "label": row.label,
        "reason_code": row.reason_code or None,
        "note": row.note,
        "by": "key" if row.key_id else "person",
        "revision": row.revision,
        "decided_at": rfc3339(row.decided_at),
        "undone_at": rfc3339(row.undone_at),
    }


def report(row: Report) -> dict[str, Any]:
    return {
        "id": row.pk,
        "submission": row.submission_id,
        "external_id": row.submission.external_id,
        "by": "visitor" if row.by_visitor else "client",
        "expected": row.expected,
        "note": row.note,
        "revision": row.revision,
        "state": "decided" if row.decision else "open",
        "outcome": row.outcome,
        "decision": decision(row.decision) if row.decision else None,
        "created_at": rfc3339(row.created_at),
    }


def appeal(row: Appeal, base: str) -> dict[str, Any]:
    """Return the appeal with absolute links; ``base`` is the site's address."""
    return {
        "id": row.pk,
        "submission": row.submission_id,
        "external_id": row.submission.external_id,
        "statement": row.statement,
        "revision": row.revision,
        "state": row.state,
        "outcome": row.outcome or None,
        "decision": decision(row.decision) if row.decision else None,
        "opened_at": rfc3339(row.opened_at),
        "decided_at": rfc3339(row.decided_at),
        "links": {"self": base + appeal_path(row), "submission": base + path_of(row.submission)},
    }
