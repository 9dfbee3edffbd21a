"""What events say of cases and appeals (HTTP.md, "Webhook bodies"): thin, without anybody's words."""

from typing import Any

from django.conf import settings

from foundation.times import rfc3339
from moderation.intake.models import Submission
from moderation.review import models
from moderation.verdicts import document


def case(about: models.Case) -> dict[str, Any]:
    """Return the data of ``case.*``."""
    what = {
        "id": about.pk,
        "state": about.state,
        "reason": about.reason,
        "opened_at": rfc3339(about.opened_at),
        "escalated_at": rfc3339(about.escalated_at),
    }
    page = f"{settings.SITE_ADDRESS}/review/cases/{about.pk}"
    return {"case": what, **_context(about.submission), "links": {**_links(about.submission), "page": page}}


def appeal(about: models.Appeal) -> dict[str, Any]:
    """Return the data of ``appeal.*``; the author's statement stays behind the key."""
    what = {
        "id": about.pk,
        "state": about.state,
        "outcome": about.outcome or None,
        "revision": about.revision,
        "decision": about.decision_id,
        "opened_at": rfc3339(about.opened_at),
        "decided_at": rfc3339(about.decided_at),
    }
    links = {**_links(about.submission), "self": f"{settings.SITE_ADDRESS}{appeal_path(about)}"}
    return {"appeal": what, **_context(about.submission), "links": links}


def appeal_path(about: models.Appeal) -> str:
    return f"/api/v1/appeals/{about.pk}"


def _context(submission: Submission) -> dict[str, Any]:
    return {
        "submission": submission.pk,
        "external_id": submission.external_id,
        "verdict": document.standing_verdict(submission),
    }


def _links(submission: Submission) -> dict[str, str]:
    base = settings.SITE_ADDRESS
    return {
        "submission": f"{base}{document.path_of(submission)}",
        "page": f"{base}/results/{submission.pk}",
    }
