"""Who may fetch a picture: a signed link, a key of the client with ``read``, a person with a reading role."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext_noop as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from detector.images import ImageRefused
from foundation import links
from foundation.problems import Problem
from moderation.clients.permissions import HasScope
from moderation.clients.rest import ApiView
from moderation.intake import seals, selectors
from moderation.intake.models import Erasure, StoredImage, Submission


class LinkOrScope(BasePermission):
    """Let a signed link through; ask for the scope otherwise."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return links.is_signed(request._request) or HasScope().has_permission(request, view)


class PictureView(ApiView):
    """The base of the views that answer with picture bytes."""

    scopes: ClassVar[dict[str, str]] = {"GET": "read"}
    permission_classes = (LinkOrScope,)

    def submission(self, request: Request, submission_id: str) -> Submission:
        """Return the submission, which a valid signature of the path opens to anybody, unless its picture is sealed."""
        found = self._submission(request, submission_id)
        seals.refuse_sealed(request.user, found.image)
        return found

    def _submission(self, request: Request, submission_id: str) -> Submission:
        if not links.is_signed(request._request):
            return selectors.get(request.user, submission_id)
        found = Submission.objects.select_related("image", "client").filter(pk=submission_id).first()
        if found is None and Erasure.objects.filter(submission=selectors.safe(submission_id)).exists():
            raise selectors.erased()
        if found is None:
            raise Problem("not-found", _("There is no such submission."))
        return found

    def image(self, request: Request, submission_id: str) -> StoredImage:
        """Return the image of the submission; ``not-found`` where none was fetched (yet)."""
        image = self.submission(request, submission_id).image
        if image is None:
            raise Problem("not-found", _("The picture was not fetched, or not yet."))
        return image


@contextmanager
def kept_bytes() -> Iterator[None]:
    """Turn bytes that are gone from the storage, or no longer decode, into the problem ``gone``."""
    try:
        yield
    except (OSError, ImageRefused) as error:
        raise Problem("gone", _("The picture's bytes are no longer kept.")) from error


def picture(data: bytes, media_type: str, name: str) -> HttpResponse:
    """Answer with picture bytes that no browser will run: a fixed type, nosniff, a sandbox, shown inline."""
    headers = {
        "Content-Disposition": f'inline; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=600",
    }
    return HttpResponse(data, content_type=media_type, headers=headers)
