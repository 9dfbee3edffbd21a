"""Write, retract and dispatch events."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from moderation.clients.models import Client
from moderation.events import nudge, payload
from moderation.events.consumers import everyone
from moderation.events.models import Event

log = structlog.get_logger(__name__)


def record(
    client: Client,
    type_: str,
    subject: str,
    data: Mapping[str, Any],
    *,
    not_before: datetime | None = None,
    told: bool = False,
) -> Event:
    """Write an event in the caller's transaction; its body is frozen now, thin enough to send.

    It is handed to the consumers from ``not_before`` on; never, where the caller has ``told`` it already.
    """
    now = timezone.now()
    body = payload.thin({"type": type_, "timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "data": dict(data)})
    event = Event(client=client, type=type_, subject=subject, body=body, created_at=now, not_before=not_before or now)
    event.dispatched_at = now if told else None
    event.save(force_insert=True)
    if not_before is None and not told:
        transaction.on_commit(nudge.dispatcher)
    return event


@transaction.atomic
def retract(event_id: str) -> bool:
    """Take back an event that was not told yet; return whether this call did it.

    One that is being handed on at this moment counts as told: the caller must not wait for a dispatcher, which may
    wait for what the caller holds.
    """
    untold = Event.objects.filter(pk=event_id, dispatched_at=None, retracted_at=None)
    if not untold.select_for_update(skip_locked=True).exists():
        return False
    return bool(untold.update(retracted_at=timezone.now()))


@transaction.atomic
def erase(subjects: Iterable[str]) -> list[str]:
    """Empty the events of erased submissions; return the identifiers of the events.

    Types and times stay in the log; what was not told yet never will be.
    """
    now = timezone.now()
    events = Event.objects.filter(subject__in=list(subjects), erased_at=None)
    found = list(events.select_for_update(no_key=True).order_by("pk"))
    for event in found:
        event.body = {**event.body, "data": {"id": event.subject, "erased": True}}
        event.erased_at = now
        event.retracted_at = event.retracted_at or (None if event.dispatched_at else now)
    Event.objects.bulk_update(found, ["body", "erased_at", "retracted_at"], batch_size=500)
    return [event.pk for event in found]


class ConsumerFailed(Exception):
    """A consumer raised for the events with these ids; what was written for them is rolled back."""


def dispatch_due(limit: int = 100) -> int:
    """Hand due events to every consumer, ``limit`` at most; return how many were handed on.

    They go together in one transaction; when a consumer fails on them, each in a transaction of its own, so that an
    event that it fails on waits for the next call and no other waits for it.
    """
    try:
        return _dispatch(limit)
    except ConsumerFailed:
        log.warning("events_dispatched_singly", exc_info=True)
        return _dispatch_singly(limit)


def _dispatch_singly(limit: int) -> int:
    handed = 0
    failed: list[str] = []
    while handed < limit:
        try:
            if not _dispatch(1, failed):
                break
            handed += 1
        except ConsumerFailed as fault:
            log.exception("event_not_dispatched", event_id=str(fault))
            failed.append(str(fault))
    return handed


@transaction.atomic
def _dispatch(limit: int, failed: Sequence[str] = ()) -> int:
    now = timezone.now()
    due = Event.objects.filter(dispatched_at=None, retracted_at=None, not_before__lte=now).exclude(pk__in=failed)
    mine = due.select_for_update(skip_locked=True, of=("self",)).select_related("client").order_by("not_before")
    events = list(mine[:limit])
    if not events:
        return 0
    try:
        for consume in everyone():
            consume(events)
    except Exception as error:
        raise ConsumerFailed(" ".join(event.pk for event in events)) from error
    Event.objects.filter(pk__in=[event.pk for event in events]).update(dispatched_at=timezone.now())
    for event in events:
        log.info("event_dispatched", event_id=event.pk, type=event.type, submission=event.subject)
    return len(events)
