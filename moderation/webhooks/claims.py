"""The life of a Delivery: due, claimed under a lease, settled, replayed. Every change of it happens here.

Endpoints are served in two lanes: those whose last attempt succeeded, several at a time, and those in doubt, one at a
time and not before their rest is over. A sender keeps most of its room for the first lane.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from moderation.webhooks.models import Delivery, Endpoint, State

IN_FLIGHT = 4
IN_DOUBT = 1
MARGIN = timedelta(seconds=15)
FIRST_OF_EACH = """
SELECT found.id
FROM unnest(%s::text[], %s::int[]) AS slot (endpoint, free) CROSS JOIN LATERAL (
    SELECT id, next_at FROM webhooks_delivery
    WHERE endpoint_id = slot.endpoint COLLATE "C" AND state = 'pending' AND token IS NULL AND next_at <= %s
    ORDER BY next_at, id LIMIT slot.free
) found
ORDER BY found.next_at, found.id LIMIT %s
"""


def lease() -> timedelta:
    """Return how long a claim holds: an attempt's longest time, and some to write down what came of it."""
    return settings.WEBHOOK_TIMEOUT + MARGIN


def due(at: datetime) -> QuerySet[Delivery]:
    """Return what nobody holds and whose time has come."""
    return Delivery.objects.filter(state=State.PENDING, token=None, next_at__lte=at)


def claimable(at: datetime) -> QuerySet[Delivery]:
    """Return what is due of endpoints that may be asked now, whether or not they have a free slot."""
    rested = Q(endpoint__resting_until=None) | Q(endpoint__resting_until__lte=at)
    return due(at).filter(rested, endpoint__enabled=True)


@transaction.atomic
def claim(limit: int, *, in_doubt: bool = False) -> list[Delivery]:
    """Claim up to ``limit`` due deliveries of one lane, at most ``IN_FLIGHT`` per endpoint over all workers.

    Of an endpoint ``in_doubt``, whose last attempt failed, one. Each delivery carries the claim's token. Endpoints that
    another worker is claiming for are passed over; those with the oldest delivery come first.
    """
    now = timezone.now()
    chosen = _first_of_each(_free_slots(now, limit, in_doubt=in_doubt), now, limit)
    token = uuid.uuid4()
    taken = due(now).filter(pk__in=chosen)
    if not chosen or not taken.update(token=token, leased_until=now + lease(), attempts=F("attempts") + 1):
        return []
    return list(Delivery.objects.filter(token=token).select_related("event", "endpoint").order_by("next_at", "pk"))


def _first_of_each(slots: Mapping[str, int], now: datetime, limit: int) -> list[str]:
    """Return the oldest due deliveries of each endpoint, as many as it has slots, in one question for all of them."""
    if not slots:
        return []
    with connection.cursor() as cursor:
        cursor.execute(FIRST_OF_EACH, [list(slots), list(slots.values()), now, limit])
        return [pk for (pk,) in cursor.fetchall()]


def _free_slots(now: datetime, limit: int, *, in_doubt: bool) -> dict[str, int]:
    """Lock endpoints with due deliveries and return how many more each may have in flight.

    What is in flight is counted after the lock was won: before it, another worker's claim may not be visible yet.
    """
    most = IN_DOUBT if in_doubt else IN_FLIGHT
    waiting = due(now).filter(endpoint=OuterRef("pk")).order_by("next_at")
    endpoints = (
        _lane(now, in_doubt=in_doubt)
        .filter(Exists(waiting), enabled=True)
        .annotate(oldest=Subquery(waiting.values("next_at")[:1]))
        .order_by("oldest", "pk")
        .exclude(pk__in=_saturated(most))
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
    )
    locked = [endpoint.pk for endpoint in endpoints[: max(limit, 0)]]
    held = _held().filter(endpoint__in=locked)
    busy = dict(held.values_list("endpoint").annotate(held=Count("*")))
    return {pk: max(most - busy.get(pk, 0), 0) for pk in locked}


def _lane(now: datetime, *, in_doubt: bool) -> QuerySet[Endpoint]:
    if not in_doubt:
        return Endpoint.objects.filter(failures=0)
    return Endpoint.objects.filter(Q(resting_until=None) | Q(resting_until__lte=now), failures__gt=0)


def _held() -> QuerySet[Delivery]:
    return Delivery.objects.filter(token__isnull=False).order_by()


def _saturated(most: int) -> QuerySet[Delivery, str]:
    full = _held().values("endpoint").annotate(held=Count("*")).filter(held__gte=most)
    return full.values_list("endpoint", flat=True)


def deliver(claimed: Sequence[Delivery]) -> set[str]:
    """Close, in the caller's transaction, those as delivered whose claim still holds; return their identifiers."""
    mine = {(delivery.pk, delivery.token) for delivery in claimed}
    rows = Delivery.objects.filter(pk__in=[pk for pk, _ in mine], state=State.PENDING).order_by("pk")
    found = rows.select_for_update(no_key=True).values_list("pk", "token")
    held = {pk for pk, token in found if (pk, token) in mine}
    Delivery.objects.filter(pk__in=held).update(
        state=State.DELIVERED, delivered_at=timezone.now(), token=None, leased_until=None
    )
    return held


def give_up(delivery: Delivery) -> bool:
    """Close ``delivery`` as failed if its claim still holds; return whether it did."""
    return _settle(delivery, state=State.FAILED)


def abandon(deliveries: QuerySet[Delivery]) -> int:
    """Close as failed those that are under way, whoever holds them; return how many."""
    return deliveries.filter(state=State.PENDING).update(state=State.FAILED, token=None, leased_until=None)


def postpone(delivery: Delivery, until: datetime) -> bool:
    """Return a claimed delivery to the waiting ones; return whether the claim still held."""
    return _settle(delivery, next_at=until)


def requeue(rows: QuerySet[Delivery]) -> int:
    """Make deliveries that nobody holds due at once, with all attempts before them; return how many."""
    idle = rows.filter(token=None)
    return idle.update(
        state=State.PENDING,
        next_at=timezone.now(),
        delivered_at=None,
        replays=F("replays") + 1,
        tried_before=F("attempts"),
    )


def cancel(rows: QuerySet[Delivery]) -> int:
    """Close deliveries that wait and that nobody holds, as failed; return how many."""
    return rows.filter(state=State.PENDING, token=None).update(state=State.FAILED)


def _settle(delivery: Delivery, **changes: object) -> bool:
    held = Delivery.objects.filter(pk=delivery.pk, token=delivery.token, state=State.PENDING)
    return bool(held.update(token=None, leased_until=None, **changes))


def expired() -> QuerySet[Delivery]:
    """Return the deliveries whose holder let the lease run out."""
    return Delivery.objects.filter(token__isnull=False, leased_until__lt=timezone.now())
