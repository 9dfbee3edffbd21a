"""The demo's webhook receiver: what a client's own server would do with a delivery, and a page that lists them."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from standardwebhooks import Webhook, WebhookVerificationError

from assay.models import Receipt
from foundation.times import rfc3339
from moderation.webhooks.models import Endpoint

LARGEST = 64_000
LISTED = 1_000


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return receive(request)
    listed = list(Receipt.objects.all()[:LISTED])
    # Browsers ask for HTML by name; programs that ask for anything get JSON.
    if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
        return render(request, "demo/webhooks.html", {"receipts": listed})
    return JsonResponse({"deliveries": [document(receipt) for receipt in listed]})


def receive(request: HttpRequest) -> HttpResponse:
    """Note what came, and refuse (401) what no endpoint at this address has signed."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return HttpResponse("Too large.\n", status=413, content_type="text/plain")
    text = request.body.decode("utf-8", "replace").replace("\x00", "\ufffd")
    receipt = Receipt.objects.create(
        webhook_id=request.headers.get("webhook-id", "")[:100],
        type=type_of(parsed(text)),
        verified=is_signed(request),
        body=text,
    )
    if not receipt.verified:
        return HttpResponse("The signature does not hold.\n", status=401, content_type="text/plain")
    return HttpResponse("Received.\n", content_type="text/plain")


def is_signed(request: HttpRequest) -> bool:
    """Say whether an endpoint that was registered with this very address signed the request."""
    url = request.build_absolute_uri(request.path)
    secrets = Endpoint.objects.filter(url=url).values_list("secret", flat=True)
    return any(holds(secret, request) for secret in secrets)


def holds(secret: str, request: HttpRequest) -> bool:
    try:
        Webhook(secret).verify(request.body, dict(request.headers))
    except (WebhookVerificationError, ValueError):
        return False
    return True


def document(receipt: Receipt) -> dict[str, Any]:
    return {
        "webhook_id": receipt.webhook_id,
        "type": receipt.type,
        "verified": receipt.verified,
        "received_at": rfc3339(receipt.received_at),
        "body": parsed(receipt.body),
    }


def parsed(text: str) -> Any:
    """Return the JSON value that ``text`` is, or the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def type_of(body: Any) -> str:
    """Return the type that a body names, in characters that the database keeps: JSON can escape others."""
    named = str(body.get("type", "")) if isinstance(body, dict) else ""
    return named.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")[:64]
