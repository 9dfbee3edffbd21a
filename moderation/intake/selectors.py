"""What callers may read of submissions."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from foundation.problems import Problem
from moderation.clients.sight import owned
from moderation.intake.models import Erasure, Submission


def visible_to(caller: Any) -> QuerySet[Submission]:
    """Return the submissions that a caller may see: a key its client's, a person with a reading role what they see."""
    return owned(Submission.objects.select_related("image", "client"), caller)


def get(caller: Any, submission_id: str) -> Submission:
    """Return one submission.

    Raises:
        Problem: ``gone`` for one that the caller might have seen before it was erased; ``not-found`` for any other,
            the same for another client's as for one that never was.
    """
    found = visible_to(caller).filter(pk=submission_id).first()
    if found is None and erasures_visible_to(caller).filter(submission=safe(submission_id)).exists():
        raise erased()
    if found is None:
        raise Problem("not-found", _("There is no such submission, or it is not yours."))
    return found


def erasures_visible_to(caller: Any) -> QuerySet[Erasure]:
    """Return the receipts that a caller may see, by the rule of :func:`visible_to`."""
    return owned(Erasure.objects.all(), caller)


def erased() -> Problem:
    return Problem("gone", _("The submission was erased."))


def safe(text: str) -> str:
    """Return what PostgreSQL takes as a text: U+0000 is in none that it holds."""
    return text.replace("\x00", "\ufffd")
