"""How a submission's state changes."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.utils import timezone

from foundation.notifications import notify
from moderation.intake.models import State, Submission

UNDER_WAY = (State.QUEUED, State.ANALYSING)


def mark_analysed(submission: Submission) -> bool:
    """``queued`` or ``analysing`` to ``analysed``; return whether this call did it."""
    return _finish(submission, State.ANALYSED, None)


def mark_failed(submission: Submission, failure: Mapping[str, Any]) -> bool:
    """``queued`` or ``analysing`` to ``failed``, with a problem document; return whether this call did it."""
    return _finish(submission, State.FAILED, dict(failure))


def _finish(submission: Submission, state: State, failure: dict[str, Any] | None) -> bool:
    pending = Submission.objects.filter(pk=submission.pk, state__in=UNDER_WAY)
    now = timezone.now()
    if not pending.update(state=state, failure=failure, analysed_at=now):
        with suppress(Submission.DoesNotExist):  # it was erased
            submission.refresh_from_db(fields=["state", "failure", "analysed_at"])
        return False
    submission.state, submission.failure, submission.analysed_at = state, failure, now
    notify(submission.pk)
    return True
