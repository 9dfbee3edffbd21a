"""What callers may read of events, and of other rows that belong to a client."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from foundation.problems import Problem
from moderation.clients.authentication import KeyCaller
from moderation.clients.models import Person
from moderation.events.models import Event

M = TypeVar("M", bound=Model)


def owned(rows: QuerySet[M], caller: Any) -> QuerySet[M]:
    """Return the rows, which have a ``client``, that a caller may see: a key its client's, a reader all."""
    if isinstance(caller, KeyCaller):
        return rows.filter(client=caller.client)
    if isinstance(caller, Person) and caller.may_read():
        return rows
    return rows.none()


def told(caller: Any) -> QuerySet[Event]:
    """Return the events that were told; neither those that are held back nor those taken back."""
    return owned(Event.objects.filter(dispatched_at__isnull=False), caller)


def get(caller: Any, event_id: str) -> Event:
    """Return one event that was told.

    Raises:
        Problem: ``not-found``, the same for another client's as for one that never was.
    """
    found = told(caller).filter(pk=event_id).first()
    if found is None:
        raise Problem("not-found", "There is no such event, or it is not yours.")
    return found
