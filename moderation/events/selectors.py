"""What callers may read of events."""

from typing import Any

from django.db.models import QuerySet

from foundation.problems import Problem
from moderation.clients.sight import owned
from moderation.events.models import Event


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
