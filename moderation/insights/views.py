"""Pages that only read: what a client's developer sees first, and what the client used."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from moderation.clients.desk import for_client, page
from moderation.clients.models import ApiKey, Client
from moderation.insights import usage
from moderation.webhooks import health
from moderation.webhooks.models import Endpoint


@require_safe
@for_client
def overview(request: HttpRequest, client: Client) -> HttpResponse:
    """Say how a client stands: its keys, its endpoints, what it submitted."""
    endpoints = Endpoint.objects.filter(client=client)
    context = {
        "usage": usage.of(client),
        "keys": ApiKey.objects.usable(timezone.now()).filter(client=client),
        "endpoints": [(one, health.state(one)) for one in endpoints.order_by("-pk")],
        "site": settings.SITE_ADDRESS,
    }
    return page(request, client, "overview.html", context)


@require_safe
@for_client
def used(request: HttpRequest, client: Client) -> HttpResponse:
    """Show submissions by day, and how often the client and its keys may call."""
    context = {
        "usage": usage.of(client),
        "keys": ApiKey.objects.usable(timezone.now()).filter(client=client).order_by("-pk"),
        "client_limit": client.requests_per_minute or settings.CLIENT_REQUESTS_PER_MINUTE,
        "key_limit": settings.KEY_REQUESTS_PER_MINUTE,
        "limits": {
            "image_bytes": settings.IMAGE_MAX_BYTES,
            "pixels": settings.IMAGE_MAX_PIXELS,
            "side": settings.IMAGE_MIN_SIDE,
        },
    }
    return page(request, client, "usage.html", context)
