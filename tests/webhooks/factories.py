from typing import Any

from django.utils import timezone

from moderation.clients.models import Client
from moderation.events.models import Event
from moderation.webhooks.models import Delivery, Endpoint
from tests.factories import ClientFactory, EventFactory


def endpoint(url: str = "https://hooks.example/in", client: Client | None = None, **fields: Any) -> Endpoint:
    """Return a saved endpoint, unchecked."""
    return Endpoint.objects.create(client=client or ClientFactory.create(), url=url, **fields)


def event(to: Endpoint, **fields: Any) -> Event:
    """Return an event of the endpoint's client that was handed on already."""
    return EventFactory.create(client=to.client, **{"dispatched_at": timezone.now(), **fields})


def delivery(to: Endpoint, of: Event | None = None, **fields: Any) -> Delivery:
    """Return a delivery that is due now."""
    return Delivery.objects.create(client=to.client, endpoint=to, event=of or event(to), **fields)
