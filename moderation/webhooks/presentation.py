"""Endpoints and deliveries as the API shows them."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone

from foundation.times import rfc3339
from moderation.webhooks import health
from moderation.webhooks.models import Attempt, Delivery, Endpoint, State
from moderation.webhooks.statistics import Statistics

TIMES = ("since", "last_delivered_at", "oldest_pending_at")


def endpoint(row: Endpoint, *, with_secret: bool = False) -> dict[str, Any]:
    """Return an endpoint; its secret only where it was made or rotated in this very answer."""
    overlapping = row.overlapping()
    return {
        "id": row.pk,
        "url": row.url,
        "description": row.description,
        "event_types": row.event_types,
        "headers": row.headers,
        "contact": row.contact,
        "enabled": row.enabled,
        "disabled_reason": row.disabled_reason or None,
        "disabled_at": rfc3339(row.disabled_at),
        "secret": row.secret if with_secret else None,
        "old_secrets_end_at": max((one["until"] for one in overlapping), default=None),
        "health": _health(row),
        "created_at": rfc3339(row.created_at),
    }


def _health(row: Endpoint) -> dict[str, Any]:
    resting = health.is_resting(row, timezone.now())
    return {
        "state": health.state(row),
        "failures": row.failures,
        "failing_since": rfc3339(row.failing_since),
        "resting_until": rfc3339(row.resting_until) if resting else None,
    }


def delivery(row: Delivery) -> dict[str, Any]:
    """Return a delivery with its attempts, the first one first."""
    waits = row.state == State.PENDING and row.token is None
    return {
        "id": row.pk,
        "webhook_id": row.event_id,
        "event": row.event_id,
        "type": row.event.type,
        "subject": row.event.subject,
        "endpoint": row.endpoint_id,
        "state": row.state,
        "replays": row.replays,
        "created_at": rfc3339(row.created_at),
        "next_attempt_at": rfc3339(row.next_at) if waits else None,
        "delivered_at": rfc3339(row.delivered_at),
        "attempts": [attempt(one) for one in row.tries.all()],
    }


def queued(row: Delivery) -> dict[str, Any]:
    """Return what a test and the replay of one delivery answer."""
    return {"queued": 1, "delivery": row.pk, "event": row.event_id}


def attempt(row: Attempt) -> dict[str, Any]:
    return {
        "number": row.number,
        "started_at": rfc3339(row.started_at),
        "milliseconds": row.milliseconds,
        "status_code": row.status_code,
        "error": row.error or None,
        "response_excerpt": row.response_excerpt,
    }


def statistics(found: Statistics) -> dict[str, Any]:
    shown = asdict(found)
    return {**shown, **{name: rfc3339(shown[name]) for name in TIMES}}
