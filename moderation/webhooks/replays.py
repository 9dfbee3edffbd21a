"""Send again what was told before, and send a test: by a row like every other delivery."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.events import services as events
from moderation.events.models import Event
from moderation.webhooks import claims, health, services
from moderation.webhooks.event_types import EventType
from moderation.webhooks.models import Delivery, Endpoint, State

MOST = 10_000


@transaction.atomic
def test(endpoint: Endpoint, *, actor: str) -> Delivery:
    """Send a ``ping`` to this endpoint alone, whatever types it chose.

    Raises:
        Problem: ``conflict`` when the endpoint is disabled.
    """
    _require_enabled(endpoint)
    event = events.record(endpoint.client, EventType.PING, endpoint.pk, {"endpoint": endpoint.pk}, told=True)
    delivery = Delivery.objects.create(client_id=endpoint.client_id, event=event, endpoint=endpoint)
    audit.record(actor, "endpoint.tested", endpoint.pk, client=endpoint.client_id)
    _send_soon(endpoint)
    return delivery


@transaction.atomic
def replay(delivery: Delivery, *, actor: str) -> None:
    """Queue a delivery again, with all its attempts before it; its receiver sees the same ``webhook-id``.

    Raises:
        Problem: ``conflict`` when it is under way at this moment, or the endpoint is disabled; ``gone`` when the event
            was erased.
    """
    _require_enabled(delivery.endpoint)
    if delivery.event.erased_at:
        raise Problem("gone", _("The submission that this event told of was erased."))
    if not claims.requeue(Delivery.objects.filter(pk=delivery.pk)):
        raise Problem("conflict", _("It is under way at this moment. See what comes of it first."))
    audit.record(actor, "delivery.replayed", delivery.pk, client=delivery.client_id)
    _send_soon(delivery.endpoint)


@transaction.atomic
def replay_range(
    endpoint: Endpoint, since: datetime, until: datetime, *, undelivered_only: bool = False, actor: str
) -> int:
    """Queue every event of the endpoint's types that was told from ``since`` to before ``until``; return how many.

    Also what was told while the endpoint was disabled or did not exist yet; only that and what failed, where
    ``undelivered_only``. What is under way at this moment is left alone.

    Raises:
        Problem: ``invalid`` when the range is none or holds more than ``MOST`` events, ``conflict`` when the endpoint
            is disabled.
    """
    _require_enabled(endpoint)
    if since >= until:
        raise _invalid("#/until", _("Must be later than 'since'."))
    again = _deliveries(endpoint, since, until)
    if undelivered_only:
        again = again.filter(state=State.FAILED)
    missed = list(_missed(endpoint, since, until)[: MOST + 1])
    if len(missed) + len(again.values_list("pk")[: MOST + 1]) > MOST:
        raise _invalid(
            "#/since",
            _("There are more than %(number)s events in this time; take a shorter one.") % {"number": f"{MOST:,}"},
        )
    queued = claims.requeue(again) + _create(endpoint, missed)
    audit.record(actor, "endpoint.replayed", endpoint.pk, {"queued": queued}, client=endpoint.client_id)
    _send_soon(endpoint)
    return queued


def _deliveries(endpoint: Endpoint, since: datetime, until: datetime) -> QuerySet[Delivery]:
    chosen = Delivery.objects.filter(endpoint=endpoint, token=None, event__erased_at=None)
    return chosen.filter(event__created_at__gte=since, event__created_at__lt=until)


def _missed(endpoint: Endpoint, since: datetime, until: datetime) -> QuerySet[Event]:
    told = Event.objects.filter(client=endpoint.client_id, created_at__gte=since, created_at__lt=until)
    wanted = Q(type__in=endpoint.event_types) if endpoint.event_types else Q()
    known = Delivery.objects.filter(endpoint=endpoint, event=OuterRef("pk"))
    kept = told.filter(wanted, ~Exists(known), dispatched_at__isnull=False, erased_at=None)
    return kept.exclude(type=EventType.PING).order_by("pk")


def _create(endpoint: Endpoint, missed: list[Event]) -> int:
    rows = [Delivery(client_id=endpoint.client_id, event=event, endpoint=endpoint, replays=1) for event in missed]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)


def _send_soon(endpoint: Endpoint) -> None:
    health.ask_now(endpoint.pk)
    transaction.on_commit(services.wake)


def _require_enabled(endpoint: Endpoint) -> None:
    """Raise unless it is enabled, and keep it so until the transaction ends."""
    locked = Endpoint.objects.select_for_update(no_key=True).filter(pk=endpoint.pk, enabled=True)
    if not locked.exists():
        raise Problem("conflict", _("The endpoint is disabled. Enable it first."))


def _invalid(pointer: str, detail: str) -> Problem:
    return Problem("invalid", _("Some values are not valid."), errors=[{"pointer": pointer, "detail": detail}])
