"""What people do with a result of their own: share it, close the link, delete it, find it again."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.problems import Problem
from moderation.clients.models import Person
from moderation.intake import erasing
from moderation.intake.models import Submission
from moderation.portal import checks, sharing
from moderation.portal.models import Owner
from moderation.review.objections import VISITOR

LISTED = 50


@require_POST
def share(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Make a link for others, or close the one that there is (``close``)."""
    submission = owned(request, submission_id)
    if "close" in request.POST:
        sharing.close(submission)
        messages.success(request, _("The link is closed: it opens nothing any more."))
    else:
        try:
            sharing.share(submission)
        except Problem as problem:
            raise Http404(problem.detail) from problem
    return redirect(f"{submission_page(submission)}#share")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Ask, and by POST erase the picture with everything that was found."""
    submission = owned(request, submission_id)
    if request.method != "POST":
        return render(request, "portal/delete.html", {"submission": submission})
    actor = request.user.actor() if isinstance(request.user, Person) else VISITOR
    try:
        erasing.erase(submission, actor=actor)
    except Problem as problem:
        raise Http404(problem.detail) from problem
    messages.success(request, _("The picture and its report were deleted."))
    return redirect("portal:check")


@require_safe
@login_required
def history(request: HttpRequest) -> HttpResponse:
    """List what the signed-in person had checked, the newest first; ``?before=`` goes on after a page."""
    rows = Owner.objects.filter(person=cast("Person", request.user)).select_related("submission").order_by("-id")
    if before := request.GET.get("before", ""):
        rows = rows.filter(id__lt=before)
    page = list(rows[: LISTED + 1])
    found = checks.with_verdicts(row.submission for row in page[:LISTED])
    context = {"checks": found, "older": page[LISTED - 1].pk if len(page) > LISTED else "", "newest": not before}
    return render(request, "portal/history.html", context)


def owned(request: HttpRequest, submission_id: str) -> Submission:
    """Return the visitor's own submission, or answer that there is nothing."""
    try:
        return checks.owned(request, submission_id)
    except Problem as problem:
        raise Http404(problem.detail) from problem


def submission_page(submission: Submission) -> str:
    return f"/results/{submission.pk}"
