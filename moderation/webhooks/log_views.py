"""The delivery log on the developers' pages."""

import json
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from foundation import cursors
from foundation.problems import Problem
from moderation.clients.desk import for_client, page, person_of
from moderation.clients.models import Client
from moderation.webhooks import replays
from moderation.webhooks.models import Delivery, Endpoint, State

SHOWN = [("", _("All")), (State.PENDING.value, _("Waiting")), (State.FAILED.value, _("Given up"))]


@require_safe
@for_client
def deliveries(request: HttpRequest, client: Client) -> HttpResponse:
    """List a client's deliveries, the newest first; ``state`` and ``endpoint`` narrow them."""
    state, endpoint = request.GET.get("state", ""), request.GET.get("endpoint", "")
    rows = _deliveries(client).defer("event__body")
    rows = rows.filter(state=state) if state in State.values else rows
    rows = rows.filter(endpoint=endpoint) if endpoint else rows
    try:
        found = cursors.page(request, rows.prefetch_related("tries"), _row)
    except Problem as problem:
        raise Http404(problem.detail) from problem
    known = Endpoint.objects.filter(client=client).order_by("-pk")
    context = {"page": found, "state": state, "endpoint": endpoint, "endpoints": known, "shown": SHOWN}
    return page(request, client, "deliveries.html", context)


@require_safe
@for_client
def delivery(request: HttpRequest, client: Client, delivery_id: str) -> HttpResponse:
    """Show one delivery: what was sent, and every attempt."""
    found = get_object_or_404(_deliveries(client), pk=delivery_id)
    body = json.dumps(found.event.body, indent=2, ensure_ascii=False)
    return page(request, client, "delivery.html", {"delivery": found, "body": body})


@require_POST
@for_client
def replay(request: HttpRequest, client: Client, delivery_id: str) -> HttpResponse:
    """Queue one delivery again, and lead to it."""
    found = get_object_or_404(_deliveries(client), pk=delivery_id)
    try:
        replays.replay(found, actor=person_of(request).actor())
    except Problem as problem:
        messages.info(request, problem.detail)
    return redirect("developers:delivery", client.slug, found.pk)


def _row(row: Delivery) -> dict[str, Any]:
    """Return a delivery with its last attempt, None before the first."""
    return {"delivery": row, "last": next(reversed(row.tries.all()), None)}


def _deliveries(client: Client) -> QuerySet[Delivery]:
    return Delivery.objects.filter(client=client).select_related("event", "endpoint")
