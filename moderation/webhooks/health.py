"""The circuit breaker: what an endpoint's answers do to it.

A failure puts it in doubt: one delivery at a time. ``PATIENCE`` failures in a row let it rest, twice as long each time,
and after a rest one delivery asks whether it is back. Whatever waits meanwhile uses up none of its attempts.
"""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from moderation.webhooks.models import Endpoint

PATIENCE = 5
FIRST_REST = timedelta(seconds=10)
LONGEST_REST = timedelta(minutes=5)
JITTER = 0.1
GIVEN_UP_AFTER = timedelta(days=5)
STATES = ("healthy", "failing", "resting", "disabled")


def succeeded(endpoint_ids: Iterable[str]) -> None:
    """Note successes in the caller's transaction: these endpoints are served like any other again."""
    doubtful = Endpoint.objects.filter(pk__in=set(endpoint_ids), failures__gt=0).order_by("pk")
    found = [endpoint.pk for endpoint in doubtful.select_for_update(no_key=True)]
    if found:
        Endpoint.objects.filter(pk__in=found).update(failures=0, failing_since=None, resting_until=None)


def failed(endpoint: Endpoint) -> bool:
    """Note a failure of an endpoint that the caller locked; return whether it has failed for too long to go on."""
    now = timezone.now()
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.resting_until = now + rest if (rest := rest_after(endpoint.failures)) else None
    endpoint.save(update_fields=["failures", "failing_since", "resting_until"])
    return now - endpoint.failing_since >= GIVEN_UP_AFTER


def rest_after(failures: int) -> timedelta | None:
    """Return how long to leave an endpoint alone after so many failures in a row, None for not at all."""
    if failures < PATIENCE:
        return None
    planned = FIRST_REST * (1 << min(failures - PATIENCE, 20))
    return min(planned, LONGEST_REST) * (1 + JITTER * random.random())  # noqa: S311


def ask_now(endpoint_id: str) -> None:
    """End an endpoint's rest, because its owner wants to know now."""
    Endpoint.objects.filter(pk=endpoint_id).update(resting_until=None)


def is_resting(endpoint: Endpoint, at: datetime) -> bool:
    return endpoint.resting_until is not None and endpoint.resting_until > at


def state(endpoint: Endpoint) -> str:
    """Return one of ``STATES`` in a word."""
    if not endpoint.enabled:
        return "disabled"
    if is_resting(endpoint, timezone.now()):
        return "resting"
    return "failing" if endpoint.failures else "healthy"
