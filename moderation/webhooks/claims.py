"""The life of a Delivery: due, claimed under a lease, settled. Every change of it happens here."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from moderation.webhooks.models import Delivery, Endpoint, State

IN_FLIGHT = 4
MARGIN = timedelta(seconds=15)


def lease() -> timedelta:
    """Return how long a claim holds: an attempt's longest time, and some to write down what came of it."""
    return settings.WEBHOOK_TIMEOUT + MARGIN


def due(at: datetime) -> QuerySet[Delivery]:
    """Return what nobody holds and whose time has come."""
    return Delivery.objects.filter(state=State.PENDING, token=None, next_at__lte=at)


@transaction.atomic
def claim(limit: int) -> list[Delivery]:
    """Claim up to ``limit`` due deliveries, at most ``IN_FLIGHT`` per endpoint over all workers.

    Each delivery carries the claim's token. Endpoints that another worker is claiming for are passed over; those
    with the oldest delivery come first.
    """
    now = timezone.now()
    chosen: list[str] = []
    for endpoint, free in _free_slots(now, limit).items():
        rows = due(now).filter(endpoint=endpoint).order_by("next_at", "pk").values_list("pk", flat=True)
        chosen += rows[: min(free, limit - len(chosen))]
    token = uuid.uuid4()
    taken = due(now).filter(pk__in=chosen)
    if not chosen or not taken.update(token=token, leased_until=now + lease(), attempts=F("attempts") + 1):
        return []
    return list(Delivery.objects.filter(token=token).select_related("event", "endpoint").order_by("next_at", "pk"))


def _free_slots(now: datetime, limit: int) -> dict[str, int]:
    """Lock endpoints with due deliveries and return how many more each may have in flight.

    What is in flight is counted after the lock was won: before it, another worker's claim may not be visible yet.
    """
    waiting = due(now).filter(endpoint=OuterRef("pk")).order_by("next_at")
    endpoints = (
        Endpoint.objects.filter(Exists(waiting), enabled=True)
        .annotate(oldest=Subquery(waiting.values("next_at")[:1]))
        .order_by("oldest", "pk")
        .exclude(pk__in=_saturated())
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
    )
    locked = [endpoint.pk for endpoint in endpoints[: max(limit, 0)]]
    held = _held().filter(endpoint__in=locked)
    busy = dict(held.values_list("endpoint").annotate(held=Count("*")))
    return {pk: max(IN_FLIGHT - busy.get(pk, 0), 0) for pk in locked}


def _held() -> QuerySet[Delivery]:
    return Delivery.objects.filter(token__isnull=False).order_by()


def _saturated() -> QuerySet[Delivery, str]:
    full = _held().values("endpoint").annotate(held=Count("*")).filter(held__gte=IN_FLIGHT)
    return full.values_list("endpoint", flat=True)


def close(delivery: Delivery, state: State) -> bool:
    """Close ``delivery`` as delivered or failed if its claim still holds; return whether it did."""
    delivered_at = timezone.now() if state == State.DELIVERED else None
    return _settle(delivery, state=state, delivered_at=delivered_at)


def postpone(delivery: Delivery, until: datetime) -> bool:
    """Return a claimed delivery to the waiting ones; return whether the claim still held."""
    return _settle(delivery, next_at=until)


def _settle(delivery: Delivery, **changes: object) -> bool:
    held = Delivery.objects.filter(pk=delivery.pk, token=delivery.token, state=State.PENDING)
    return bool(held.update(token=None, leased_until=None, **changes))


def expired() -> QuerySet[Delivery]:
    """Return the deliveries whose holder let the lease run out."""
    return Delivery.objects.filter(token__isnull=False, leased_until__lt=timezone.now())
