"""Register, enable and disable endpoints, and turn an event into deliveries."""

from collections.abc import Mapping, Sequence

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction

from foundation.broker import nudge
from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Client
from moderation.events.models import Event
from moderation.webhooks.models import Delivery, Endpoint, State

log = structlog.get_logger(__name__)


def create_endpoint(
    client: Client,
    url: str,
    *,
    actor: str,
    description: str = "",
    event_types: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> Endpoint:
    """Register an endpoint; its ``secret`` is to be shown to its owner this once.

    Raises:
        Problem: ``url-forbidden``, or ``invalid`` with a fault for each field.
    """
    endpoint = Endpoint(
        client=client, url=url, description=description, event_types=list(event_types), headers=dict(headers or {})
    )
    return register(endpoint, actor=actor)


@transaction.atomic
def register(endpoint: Endpoint, *, actor: str) -> Endpoint:
    """Save an endpoint that was built elsewhere; raises what :func:`create_endpoint` raises."""
    _check(endpoint)
    endpoint.save(force_insert=True)
    audit.record(actor, "endpoint.created", endpoint.pk, {"client": endpoint.client_id})
    return endpoint


@transaction.atomic
def change(endpoint: Endpoint, *, actor: str) -> None:
    """Save what was changed of an endpoint's address, description, types and headers; raises as creating does."""
    _check(endpoint)
    endpoint.save(update_fields=["url", "description", "event_types", "headers"])
    audit.record(actor, "endpoint.changed", endpoint.pk)


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
    return Problem("invalid", "The endpoint was not saved.", errors=faults)


@transaction.atomic
def disable(endpoint: Endpoint, reason: str, *, actor: str) -> bool:
    """Send nothing more to ``endpoint``: what waits for it has failed. Return whether this call did it."""
    changed = Endpoint.objects.filter(pk=endpoint.pk, enabled=True).update(enabled=False, disabled_reason=reason)
    if changed:
        Delivery.objects.filter(endpoint=endpoint, state=State.PENDING, token=None).update(state=State.FAILED)
        audit.record(actor, "endpoint.disabled", endpoint.pk, {"reason": reason})
        log.warning("webhook_endpoint_disabled", endpoint=endpoint.pk, reason=reason)
    return bool(changed)


@transaction.atomic
def enable(endpoint: Endpoint, *, actor: str) -> bool:
    """Tell ``endpoint`` of what happens from now on; return whether this call did it."""
    changed = Endpoint.objects.filter(pk=endpoint.pk, enabled=False).update(enabled=True, disabled_reason="")
    if changed:
        audit.record(actor, "endpoint.enabled", endpoint.pk)
    return bool(changed)


def fan_out(event: Event) -> None:
    """Consume an event: write a delivery for each endpoint of its client that wants its type. Safe to run twice."""
    endpoints = Endpoint.objects.filter(client=event.client_id, client__is_active=True, enabled=True)
    rows = [Delivery(event=event, endpoint=endpoint) for endpoint in endpoints if endpoint.wants(event.type)]
    if rows:
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        transaction.on_commit(wake)


def wake() -> None:
    """Have a worker look for due deliveries; a lost nudge costs two seconds, because beat sweeps."""
    nudge("webhooks.deliver", queue_name="webhooks")
