"""Links to a result for those who neither sent the picture nor have a role: signed, expiring, closed by its owner."""

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation import links
from foundation.problems import Problem
from moderation.intake.models import Submission
from moderation.portal.models import SharedLink


def standing(submission: Submission) -> SharedLink | None:
    """Return the result's open link, or None."""
    rows = SharedLink.objects.filter(submission=submission, closed_at=None, expires_at__gt=timezone.now())
    return rows.order_by("-id").first()


@transaction.atomic
def share(submission: Submission) -> SharedLink:
    """Return the result's open link, made where there is none; it lasts for ``ASSAY_SHARE_DAYS``.

    Raises:
        Problem: ``not-found``: the submission was erased meanwhile.
    """
    if not Submission.objects.select_for_update().filter(pk=submission.pk).exists():
        raise Problem("not-found", _("There is no such result any more."))
    expires_at = (timezone.now() + settings.SHARE_LIFETIME).replace(microsecond=0)
    return standing(submission) or SharedLink.objects.create(submission=submission, expires_at=expires_at)


def close(submission: Submission) -> int:
    """Close the result's links at once; return how many were open."""
    return SharedLink.objects.filter(submission=submission, closed_at=None).update(closed_at=timezone.now())


def path_of(link: SharedLink) -> str:
    """Return the signed path under which the link opens; the same each time."""
    return links.sign_until(reverse("portal:shared", args=[link.pk]), link.expires_at)


def opened(request: HttpRequest, link_id: str) -> Submission:
    """Return the submission that the request's link opens.

    Raises:
        Problem: ``not-found`` for a link that is wrong, expired or closed.
    """
    link = SharedLink.objects.select_related("submission__image", "submission__client").filter(pk=link_id).first()
    if link is None or not links.is_signed(request) or not link.is_open(timezone.now()):
        raise Problem("not-found", _("This link has expired or was closed."))
    return link.submission
