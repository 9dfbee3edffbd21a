"""Replace an endpoint's secret; for a while both sign, so that no receiver has to change at the same moment."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.problems import Problem
from foundation.times import rfc3339
from moderation.audit import services as audit
from moderation.webhooks import signing
from moderation.webhooks.models import Endpoint

DAY = timedelta(days=1)
LONGEST_OVERLAP = timedelta(days=7)
MOST_RETIRING = 4


@transaction.atomic
def rotate_secret(endpoint: Endpoint, *, overlap: timedelta = DAY, actor: str) -> Endpoint:
    """Return the endpoint with a new secret, to be shown to its owner this once.

    The old one signs too until ``overlap`` is over; so do those that were replaced before and still overlap.

    Raises:
        Problem: ``invalid`` for an overlap out of bounds, ``conflict`` when ``MOST_RETIRING`` secrets overlap already.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        detail = f"Must be from 0 to {LONGEST_OVERLAP.total_seconds():.0f}."
        errors = [{"pointer": "#/overlap_seconds", "detail": detail}]
        raise Problem("invalid", _("The secret was not rotated."), errors=errors)
    locked = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    old = locked.overlapping() if overlap else []
    if len(old) >= MOST_RETIRING:
        raise Problem("conflict", _("Too many secrets overlap. Rotate with 'overlap_seconds': 0 to end them all."))
    until = str(rfc3339(timezone.now() + overlap))
    locked.retiring = [{"secret": locked.secret, "until": until}, *old] if overlap else []
    locked.secret = signing.new_secret()
    locked.save(update_fields=["secret", "retiring"])
    told = {"overlap_seconds": int(overlap.total_seconds())}
    audit.record(actor, "endpoint.secret_rotated", locked.pk, told, client=locked.client_id)
    return locked
