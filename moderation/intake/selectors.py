"""What callers may read of submissions."""

from typing import Any

from django.db.models import QuerySet

from foundation.problems import Problem
from moderation.clients.authentication import KeyCaller
from moderation.clients.models import Person
from moderation.intake.models import Erasure, Submission


def visible_to(caller: Any) -> QuerySet[Submission]:
    """Return the submissions that a caller may see: a key its client's, a person with a reading role all."""
    rows = Submission.objects.select_related("image", "client")
    if isinstance(caller, KeyCaller):
        return rows.filter(client=caller.client)
    if isinstance(caller, Person) and caller.may_read():
        return rows
    return rows.none()


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
        raise Problem("not-found", "There is no such submission, or it is not yours.")
    return found


def erasures_visible_to(caller: Any) -> QuerySet[Erasure]:
    """Return the receipts that a caller may see, by the rule of :func:`visible_to`."""
    if isinstance(caller, KeyCaller):
        return Erasure.objects.filter(client=caller.client)
    if isinstance(caller, Person) and caller.may_read():
        return Erasure.objects.all()
    return Erasure.objects.none()


def erased() -> Problem:
    return Problem("gone", "The submission was erased.")


def safe(text: str) -> str:
    """Return what PostgreSQL takes as a text: U+0000 is in none that it holds."""
    return text.replace("\x00", "\ufffd")
