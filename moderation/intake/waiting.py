"""``Prefer: wait=N`` (RFC 7240, section 4.3): hold the answer until a submission is finished, or N seconds."""

from django.http import HttpRequest

from foundation.notifications import listener
from foundation.preferences import wait_of
from moderation.intake.models import Submission
from moderation.intake.transitions import UNDER_WAY

VARY = {"Vary": "Prefer"}


def honour(request: HttpRequest, submission_id: str) -> dict[str, str]:
    """Wait as the caller prefers, and return the headers that tell so.

    No ``Preference-Applied`` among them means that nothing was waited for: the caller did not ask, or as many as this
    process holds wait already.
    """
    seconds = wait_of(request)
    if seconds is None or not listener.wait(submission_id, seconds, lambda: is_finished(submission_id)):
        return dict(VARY)
    return {**VARY, "Preference-Applied": f"wait={seconds}"}


def is_finished(submission_id: str) -> bool:
    """Say whether nothing more is to come of it: it was analysed, failed, or is gone."""
    return not Submission.objects.filter(pk=submission_id, state__in=UNDER_WAY).exists()
