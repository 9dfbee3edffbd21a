"""Erase all that an author submitted: an order is a row that a worker carries out, one submission at a time."""

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from foundation.broker import nudge
from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.models import Client
from moderation.intake.erasing import erase
from moderation.intake.models import AuthorErasure, Submission

log = structlog.get_logger(__name__)
AT_ONCE = 200


@transaction.atomic
def give(client: Client, author_id: str, *, actor: str) -> int:
    """Order the erasure of all that an author submitted until now; return how many submissions that is."""
    defaults = {"actor": actor, "asked_at": timezone.now()}
    order, _ = AuthorErasure.objects.update_or_create(client=client, author_id=author_id, defaults=defaults)
    audit.record(actor, "author.erasure_ordered", order.pk, client=client.pk)
    transaction.on_commit(nudge_orders)
    return meant(order).count()


def meant(order: AuthorErasure) -> QuerySet[Submission]:
    """Return what an order asks to erase and still stands."""
    rows = Submission.objects.filter(client=order.client_id, author_id=order.author_id, created_at__lte=order.asked_at)
    return rows.select_related("client", "image")


def carry_out(limit: int = AT_ONCE) -> int:
    """Erase up to ``limit`` submissions that orders ask for, and close the orders that are done; return how many."""
    left = limit
    for order in AuthorErasure.objects.order_by("pk"):
        left -= sum(_erased(one, order) for one in meant(order).order_by("pk")[:left])
        if not meant(order).exists():
            AuthorErasure.objects.filter(pk=order.pk, asked_at=order.asked_at).delete()
        if left <= 0:
            nudge_orders()
            break
    return limit - left


def _erased(submission: Submission, order: AuthorErasure) -> bool:
    """Erase one; a fault keeps no other from it, and the order stands until a later call succeeds."""
    try:
        erase(submission, actor=order.actor)
    except Problem:
        return False
    except Exception:
        log.exception("order_not_carried_out", submission=submission.pk)
        return False
    return True


def sweep() -> None:
    """Wake a worker while orders stand."""
    if AuthorErasure.objects.exists():
        nudge_orders()


def nudge_orders() -> None:
    nudge("intake.erase", queue_name="default")
