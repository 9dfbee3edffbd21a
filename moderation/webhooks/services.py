"""Register, enable and disable endpoints, and turn an event into deliveries."""

from collections.abc import Mapping, Sequence

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from foundation.broker import nudge
from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Client
from moderation.events.models import Event
from moderation.webhooks import claims, notices, turn
from moderation.webhooks.event_types import EventType
from moderation.webhooks.models import Delivery, Endpoint

log = structlog.get_logger(__name__)
MAX_ENDPOINTS = 100
BY_OWNER = gettext_noop("Disabled by its owner.")
CHANGEABLE = ("url", "description", "event_types", "headers", "contact")


def create_endpoint(
    client: Client,
    url: str,
    *,
    actor: str,
    description: str = "",
    event_types: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    contact: str = "",
) -> Endpoint:
    """Register an endpoint; its ``secret`` is to be shown to its owner this once.

    Raises:
        Problem: ``url-forbidden``, ``invalid`` with a fault for each field, or ``conflict`` when the client has
            ``MAX_ENDPOINTS`` already.
    """
    endpoint = Endpoint(client=client, url=url, description=description, contact=contact)
    endpoint.event_types, endpoint.headers = list(event_types), dict(headers or {})
    return register(endpoint, actor=actor)


@transaction.atomic
def register(endpoint: Endpoint, *, actor: str) -> Endpoint:
    """Save an endpoint that was built elsewhere; raises what :func:`create_endpoint` raises."""
    _check(endpoint)
    Client.objects.select_for_update(no_key=True).get(pk=endpoint.client_id)
    if Endpoint.objects.filter(client=endpoint.client_id).count() >= MAX_ENDPOINTS:
        raise Problem(
            "conflict", _("A client has at most %(number)d endpoints. Delete one first.") % {"number": MAX_ENDPOINTS}
        )
    endpoint.save(force_insert=True)
    audit.record(actor, "endpoint.created", endpoint.pk, client=endpoint.client_id)
    return endpoint


@transaction.atomic
def change(endpoint: Endpoint, *, actor: str) -> None:
    """Save what was changed of ``CHANGEABLE``; raises as creating does."""
    _check(endpoint)
    before = Endpoint.objects.get(pk=endpoint.pk)
    endpoint.save(update_fields=CHANGEABLE)
    changed = [name for name in CHANGEABLE if getattr(before, name) != getattr(endpoint, name)]
    audit.record(actor, "endpoint.changed", endpoint.pk, {"fields": changed}, client=endpoint.client_id)


@transaction.atomic
def remove(endpoint: Endpoint, *, actor: str) -> None:
    """Delete an endpoint with its deliveries and their attempts; what is under way may still arrive."""
    pk = endpoint.pk
    Endpoint.objects.select_for_update(of=("self",)).get(pk=pk).delete()
    audit.record(actor, "endpoint.deleted", pk, client=endpoint.client_id)


def _check(endpoint: Endpoint) -> None:
    try:
        endpoint.full_clean()
    except ValidationError as error:
        raise _problem(error) from error


def _problem(error: ValidationError) -> Problem:
    faults = [
        {"pointer": f"#/{name}", "detail": str(message)}
        for name, messages in error.message_dict.items()
        for message in messages
    ]
    forbidden = [fault.messages[0] for fault in error.error_dict.get("url", []) if fault.code == "url-forbidden"]
    if forbidden:
        return Problem("url-forbidden", forbidden[0], errors=faults)
    return Problem("invalid", _("The endpoint was not saved."), errors=faults)


@transaction.atomic
def disable(endpoint: Endpoint, reason: str, *, actor: str) -> bool:
    """Send nothing more to ``endpoint``: what waits for it has failed. Return whether this call did it."""
    changed = Endpoint.objects.filter(pk=endpoint.pk, enabled=True).update(
        enabled=False, disabled_reason=reason, disabled_at=timezone.now()
    )
    if changed:
        claims.cancel(Delivery.objects.filter(endpoint=endpoint))
        audit.record(actor, "endpoint.disabled", endpoint.pk, {"reason": reason}, client=endpoint.client_id)
        log.warning("webhook_endpoint_disabled", endpoint=endpoint.pk, reason=reason)
    return bool(changed)


@transaction.atomic
def give_up(endpoint: Endpoint, reason: str) -> None:
    """Disable an endpoint that its owner did not, and have the owner told."""
    if disable(endpoint, reason, actor="system"):
        endpoint.refresh_from_db()
        notices.announce(endpoint)


@transaction.atomic
def enable(endpoint: Endpoint, *, actor: str) -> bool:
    """Tell ``endpoint`` of what happens from now on, its past forgotten; return whether this call did it."""
    blank = {"disabled_at": None, "notice_at": None, "failures": 0, "failing_since": None, "resting_until": None}
    disabled = Endpoint.objects.filter(pk=endpoint.pk, enabled=False)
    changed = disabled.update(enabled=True, disabled_reason="", **blank)
    if changed:
        audit.record(actor, "endpoint.enabled", endpoint.pk, client=endpoint.client_id)
    return bool(changed)


def fan_out(events: Sequence[Event]) -> None:
    """Consume events: write a delivery for each endpoint of their client that wants their type. Safe to run twice.

    A ping is meant for one endpoint, which has its delivery already.
    """
    told = [event for event in events if event.type != EventType.PING]
    clients = {event.client_id for event in told}
    endpoints = list(Endpoint.objects.filter(client__in=clients, client__is_active=True, enabled=True))
    rows = [
        Delivery(client_id=event.client_id, event=event, endpoint=endpoint)
        for event in told
        for endpoint in endpoints
        if endpoint.client_id == event.client_id and endpoint.wants(event.type)
    ]
    if rows:
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        transaction.on_commit(wake)


def wake() -> None:
    """Have a worker look for due deliveries; a lost nudge costs two seconds, because beat sweeps.

    One that delivers in this very process is asked without a message.
    """
    if not turn.ask():
        nudge("webhooks.deliver", queue_name="webhooks")
