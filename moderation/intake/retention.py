"""Delete the files of pictures whose client's retention time is over; their rows, hashes and verdicts stay."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from moderation.audit import services as audit
from moderation.clients.models import ANONYMOUS, Client
from moderation.intake import files
from moderation.intake.models import StoredImage, Submission
from moderation.intake.transitions import UNDER_WAY

log = structlog.get_logger(__name__)
AT_ONCE = 200
Holder = Callable[[], QuerySet[Any]]
_holders: dict[str, Holder] = {}


def register(name: str, holder: Holder) -> None:
    """Have ``holder`` name the ids of the submissions whose picture is needed however old it is; again replaces it."""
    _holders[name] = holder


def period(client: Client) -> timedelta | None:
    """Return how long the client's pictures are kept, or None where that is until they are erased."""
    of_settings = settings.ANONYMOUS_RETENTION_DAYS if client.slug == ANONYMOUS else None
    days = client.retention_days or of_settings
    return timedelta(days=days) if days else None


def due(client: Client, now: datetime) -> QuerySet[StoredImage]:
    """Return the client's pictures whose time is over and that nobody needs any more, the oldest first.

    A picture stays while one of its submissions is younger, is being judged, or is held by an app above; a sealed
    one stays until somebody erases it.
    """
    kept_for = period(client)
    if kept_for is None:
        return StoredImage.objects.none()
    before = now - kept_for
    wanted = Q(created_at__gte=before) | Q(state__in=UNDER_WAY)
    for holder in _holders.values():
        wanted |= Q(pk__in=holder())
    needing = Submission.objects.filter(wanted, image=OuterRef("pk"))
    rows: QuerySet[StoredImage] = StoredImage.objects.unsealed().filter(client=client, discarded_at=None)
    return rows.filter(~Exists(needing), created_at__lt=before).order_by("created_at")


def sweep() -> int:
    """Delete what is due, up to ``AT_ONCE`` files of each client; return how many that were."""
    return sum(_sweep(client) for client in Client.objects.order_by("pk"))


def _sweep(client: Client) -> int:
    discarded = sum(_discard(image, client) for image in due(client, timezone.now())[:AT_ONCE])
    if discarded:
        audit.record("system", "images.discarded", client.pk, {"count": discarded}, client=client.pk)
    return discarded


def _discard(image: StoredImage, client: Client) -> bool:
    """Delete one file if it is still due; a storage that fails leaves it to the next sweep."""
    try:
        with transaction.atomic():
            files.lock_alone(image.path)
            done = due(client, timezone.now()).filter(pk=image.pk).update(discarded_at=timezone.now())
            if done:
                files.delete(image.path)
    except Exception:
        log.exception("file_not_discarded", image=image.pk)
        return False
    return bool(done)
