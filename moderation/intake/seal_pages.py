"""Pages of the seal: sealing from a case, what is sealed, and the list of known files."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from foundation import cursors
from foundation.problems import Problem
from moderation.clients.desk import person_of
from moderation.clients.sight import only_visible
from moderation.intake import seals, selectors
from moderation.intake.models import SealedHash, StoredImage

LISTED = 100
View = Callable[..., HttpResponse]


def keepers_only(view: View) -> View:
    """Let the role in that sees sealed pictures; ask others to sign in, or say that their role is not enough."""

    @wraps(view)
    @login_required
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not seals.may_see_sealed(request.user):
            raise PermissionDenied(_("Your account does not have the role that sees sealed pictures."))
        return view(request, *args, **kwargs)

    return checked


@require_POST
@login_required
def seal(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Seal the picture of a submission, and go where the form says."""
    person = person_of(request)
    if not person.may_review():
        raise PermissionDenied(_("Moderators, leads and administrators seal pictures."))
    image = _picture_of(request, submission_id)
    try:
        sealed = seals.seal(image, person, request.POST.get("reason", ""))
    except Problem:
        messages.error(request, _("Choose a reason. The picture was not sealed."))
        return redirect(_next(request))
    said = _("The picture is sealed.") if sealed else _("The picture was sealed before you.")
    messages.success(request, said)
    return redirect(_next(request))


def _picture_of(request: HttpRequest, submission_id: str) -> StoredImage:
    """Return the picture of a submission that the person may see; 404 otherwise."""
    try:
        image = selectors.get(person_of(request), submission_id).image
    except Problem as problem:
        raise Http404(problem.detail) from problem
    if image is None:
        raise Http404
    return image


def _next(request: HttpRequest) -> str:
    """Return where the form asks to go, on this site; the queue otherwise."""
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe and asked.startswith("/") else "/review/"


@require_safe
@keepers_only
def sealed(request: HttpRequest) -> HttpResponse:
    """List the sealed pictures, those that came last first, and the list of known files."""
    rows = StoredImage.objects.exclude(sealed_at=None).select_related("client")
    try:
        page = cursors.page(request, only_visible(rows, person_of(request)), _row)
    except Problem as problem:
        raise Http404(problem.detail) from problem
    hashes = SealedHash.objects.order_by("-pk")
    context = {"page": page, "hashes": hashes[:LISTED], "more_hashes": hashes[LISTED : LISTED + 1].exists()}
    return render(request, "seals/sealed.html", context)


def _row(image: StoredImage) -> dict[str, Any]:
    return {"image": image, "submission": image.submissions.order_by("-pk").first()}


@require_POST
@keepers_only
def lift(request: HttpRequest, image_id: str) -> HttpResponse:
    """Lift a seal."""
    person = person_of(request)
    image = get_object_or_404(only_visible(StoredImage.objects.all(), person), pk=image_id)
    lifted = seals.lift(image, person)
    messages.success(request, _("The seal is lifted.") if lifted else _("This picture is not sealed."))
    return redirect("seals:sealed")


@require_POST
@keepers_only
def enlist(request: HttpRequest) -> HttpResponse:
    """Add digests to the list of known files, one a line."""
    lines = request.POST.get("digests", "").splitlines()
    try:
        added = seals.enlist(lines, person_of(request), request.POST.get("note", ""))
    except Problem as problem:
        messages.error(request, problem.detail)
        for fault in problem.errors:
            messages.error(request, fault["detail"])
        return redirect("seals:sealed")
    said = ngettext("%(count)d file was added.", "%(count)d files were added.", added) % {"count": added}
    messages.success(request, said)
    return redirect("seals:sealed")


@require_POST
@keepers_only
def delist(request: HttpRequest, digest: str) -> HttpResponse:
    """Take a digest off the list of known files."""
    gone = seals.delist(digest, person_of(request))
    messages.success(request, _("The file is off the list.") if gone else _("It is not on the list."))
    return redirect("seals:sealed")
