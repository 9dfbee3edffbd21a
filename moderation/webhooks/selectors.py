"""What callers may read of endpoints and deliveries."""

from typing import Any

from django.db.models import QuerySet

from foundation.problems import Problem
from moderation.clients.sight import owned
from moderation.webhooks.models import Delivery, Endpoint


def endpoints(caller: Any) -> QuerySet[Endpoint]:
    return owned(Endpoint.objects.select_related("client"), caller)


def endpoint(caller: Any, endpoint_id: str) -> Endpoint:
    """Return one endpoint.

    Raises:
        Problem: ``not-found``, the same for another client's as for one that never was.
    """
    found = endpoints(caller).filter(pk=endpoint_id).first()
    if found is None:
        raise Problem("not-found", "There is no such endpoint, or it is not yours.")
    return found


def deliveries(caller: Any) -> QuerySet[Delivery]:
    """Return the deliveries that a caller may see, each with its event's type and its attempts."""
    rows = Delivery.objects.select_related("event", "endpoint").defer("event__body").prefetch_related("tries")
    return owned(rows, caller)


def delivery(caller: Any, delivery_id: str) -> Delivery:
    """Return one delivery; raises as :func:`endpoint` does."""
    found = deliveries(caller).filter(pk=delivery_id).first()
    if found is None:
        raise Problem("not-found", "There is no such delivery, or it is not yours.")
    return found
