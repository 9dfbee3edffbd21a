"""What callers may read of submissions."""

from typing import Any

from django.db.models import QuerySet

from foundation.problems import Problem
from moderation.clients.authentication import KeyCaller
from moderation.clients.models import Person
from moderation.intake.models import Submission


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
        Problem: ``not-found``, the same for another client's as for one that never was.
    """
    found = visible_to(caller).filter(pk=submission_id).first()
    if found is None:
        raise Problem("not-found", "There is no such submission, or it is not yours.")
    return found
