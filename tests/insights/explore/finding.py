"""Submissions with what stands on their rows, as the explorer finds them."""

from typing import Any

from moderation.intake.models import Submission
from tests.factories import SubmissionFactory


def found(**columns: Any) -> Submission:
    """Return a submission whose row says so, whatever wrote it."""
    external = columns.pop("external_id", None)
    client = {"client": columns.pop("client")} if "client" in columns else {}
    made = SubmissionFactory.create(external_id=external, file_name=columns.pop("file_name", ""), **client)
    Submission.objects.filter(pk=made.pk).update(**{"state": "analysed", **columns})
    made.refresh_from_db()
    return made
