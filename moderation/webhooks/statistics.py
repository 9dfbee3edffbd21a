"""How an endpoint has been doing."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max, Min, Q

from moderation.webhooks.models import Delivery, Endpoint, State

PERCENTILES = """
SELECT count(*), percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY attempt.milliseconds)
FROM webhooks_attempt attempt JOIN webhooks_delivery delivery ON delivery.id = attempt.delivery_id
WHERE delivery.endpoint_id = %s AND delivery.created_at >= %s
"""


@dataclass(frozen=True)
class Statistics:
    """Deliveries that were queued since ``since``, by state, and their attempts; milliseconds, None without any."""

    since: datetime
    delivered: int
    failed: int
    pending: int
    retried: int
    attempts: int
    milliseconds_p50: int | None
    milliseconds_p95: int | None
    last_delivered_at: datetime | None
    oldest_pending_at: datetime | None


def of(endpoint: Endpoint, since: datetime) -> Statistics:
    """Return the statistics of an endpoint's deliveries since ``since``."""
    found = Delivery.objects.filter(endpoint=endpoint, created_at__gte=since).aggregate(
        delivered=Count("pk", filter=Q(state=State.DELIVERED)),
        failed=Count("pk", filter=Q(state=State.FAILED)),
        pending=Count("pk", filter=Q(state=State.PENDING)),
        retried=Count("pk", filter=Q(attempts__gt=1)),
        last_delivered_at=Max("delivered_at"),
        oldest_pending_at=Min("created_at", filter=Q(state=State.PENDING)),
    )
    with connection.cursor() as cursor:
        cursor.execute(PERCENTILES, [endpoint.pk, since])
        attempts, percentiles = cursor.fetchone()
    p50, p95 = percentiles or (None, None)
    return Statistics(since=since, attempts=attempts, milliseconds_p50=p50, milliseconds_p95=p95, **found)
