"""Write the log, and prove that nobody rewrote it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from moderation.audit.models import Entry

GENESIS = "0" * 64
CHAIN_LOCK = 0x617564


@transaction.atomic
def record(
    actor: str,
    action: str,
    object_id: str,
    data: Mapping[str, Any] | None = None,
    *,
    client: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Entry:
    """Append an entry to the chain; it lives or dies with the caller's transaction.

    The advisory lock is held until commit, so that the chain has one end.

    Args:
        actor: who did it, an opaque id.
        action: what was done, as ``thing.done``.
        object_id: to what.
        data: what else there is to say of it.
        client: whose the object is; only people who see that client see the entry. Empty: the installation's.
        before: what a change replaced.
        after: what stands since.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    last = Entry.objects.order_by("-id").values_list("hash", flat=True).first() or GENESIS
    entry = Entry(at=timezone.now(), actor=actor, action=action, object_id=object_id, data=dict(data or {}))
    entry.client, entry.before, entry.after = client, _plain(before), _plain(after)
    entry.previous_hash = last
    entry.hash = digest(entry)
    entry.save(force_insert=True)
    return entry


def digest(entry: Entry) -> str:
    """Return the SHA-256 (hex) of the entry's content and its predecessor's hash.

    Entries without client, before and after are hashed as they were before these fields existed.
    """
    content = [entry.previous_hash, _time(entry.at), entry.actor, entry.action, entry.object_id, entry.data]
    if entry.client or entry.before is not None or entry.after is not None:
        content += [entry.client, entry.before, entry.after]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def first_broken() -> Entry | None:
    """Return the first entry that does not fit its predecessor or its own hash, or None when the chain holds."""
    previous = GENESIS
    for entry in Entry.objects.order_by("id").iterator():
        if entry.previous_hash != previous or entry.hash != digest(entry):
            return entry
        previous = entry.hash
    return None


def _plain(content: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if content is None else dict(content)


def _time(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
