"""Tell an endpoint's owner that Assay disabled it: by an event to the client's other endpoints, and by mail."""

from datetime import timedelta
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from moderation.events import services as events
from moderation.webhooks.event_types import EventType
from moderation.webhooks.models import Endpoint

log = structlog.get_logger(__name__)
AGAIN_AFTER = timedelta(minutes=10)
MESSAGE = """Assay no longer sends events to this address of {client}:

  {url}

{reason} It was disabled on {at:%d %b %Y at %H:%M} UTC. Events are kept: enable the endpoint and replay what it missed,
by the API or on {page}
"""


def announce(endpoint: Endpoint) -> None:
    """Write the event in the caller's transaction, and leave a note to send the mail."""
    data = {"endpoint": endpoint.pk, "url": endpoint.url, "reason": endpoint.disabled_reason}
    events.record(endpoint.client, EventType.ENDPOINT_DISABLED, endpoint.pk, data)
    if endpoint.contact:
        Endpoint.objects.filter(pk=endpoint.pk).update(notice_at=timezone.now())


def send_due() -> int:
    """Write to the owners who are to be told; return how many were. A mail that fails is tried again later."""
    due = Endpoint.objects.filter(notice_at__lte=timezone.now(), enabled=False).values_list("pk", flat=True)
    return sum(_send(pk) for pk in due[:20])


@transaction.atomic
def _send(pk: str) -> bool:
    """Send one mail; if the process dies before the commit, it is sent again."""
    due = Endpoint.objects.filter(pk=pk, notice_at__lte=timezone.now(), enabled=False)
    endpoint = due.select_for_update(skip_locked=True, of=("self",)).select_related("client").first()
    if endpoint is None:
        return False
    try:
        send_mail("Assay disabled a webhook endpoint", _text(endpoint), None, [endpoint.contact])
    except (OSError, SMTPException) as error:
        log.warning("webhook_notice_not_sent", endpoint=pk, error=str(error))
        endpoint.notice_at = timezone.now() + AGAIN_AFTER
    else:
        log.info("webhook_notice_sent", endpoint=pk)
        endpoint.notice_at = None
    endpoint.save(update_fields=["notice_at"])
    return endpoint.notice_at is None


def _text(endpoint: Endpoint) -> str:
    return MESSAGE.format(
        client=endpoint.client.name,
        url=endpoint.url,
        reason=endpoint.disabled_reason,
        at=endpoint.disabled_at,
        page=f"{settings.SITE_ADDRESS}/developers/",
    )
