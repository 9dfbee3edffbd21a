"""Pages for everyone: check an image, and its result."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from foundation import links
from foundation.problems import KINDS, Problem
from moderation.clients.models import Person
from moderation.clients.services import anonymous_client
from moderation.intake.models import Source, Submission
from moderation.intake.previews import thumbnail
from moderation.intake.services import Particulars, submit
from moderation.portal import checks, examples
from moderation.portal.forms import given_image
from moderation.portal.progress import stage_of, steps
from moderation.review.models import Case, CaseKind
from moderation.review.report import report_of

AGAIN = "Submit the picture again; if it fails again, tell the operator."
ADVICE = {
    "invalid": "Choose a picture, or take one of the examples.",
    "image-too-many-pixels": "Scale it down and try again.",
    "image-too-small": "A larger copy may be found where the picture was first shown.",
    "image-undecodable": "It may be damaged or cut short. Save it once more and try again.",
    "too-large": "Save a smaller copy and try again.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Take a picture in, and lead to its result."""
    if request.method != "POST":
        return _check_page(request)
    if not _may_check(request):
        return redirect_to_login("/", settings.LOGIN_URL)
    try:
        submission = _submit(request)
    except Problem as problem:
        return _check_page(request, problem)
    checks.remember(request, submission)
    return redirect("portal:result", submission.pk)


def _may_check(request: HttpRequest) -> bool:
    return settings.ANONYMOUS_CHECKS or request.user.is_authenticated


def _submit(request: HttpRequest) -> Submission:
    data, name = given_image(request)
    return submit(anonymous_client(), data, Particulars(source=Source.PAGE, file_name=name))


def _check_page(request: HttpRequest, problem: Problem | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "examples": examples.shown(),
        "recent": checks.recent(request),
        "max_bytes": settings.IMAGE_MAX_BYTES,
        "may_check": _may_check(request),
        "problem": problem,
    }
    if problem:
        context["advice"] = ADVICE.get(problem.code) or KINDS[problem.code].advice
    return render(request, "portal/check.html", context, status=problem.status if problem else 200)


@require_safe
@cache_control(public=True, max_age=86_400)
def example_thumbnail(_request: HttpRequest, file: str) -> HttpResponse:
    """Return a small picture of an example."""
    example = examples.everything().get(file)
    if example is None:
        raise Http404
    return HttpResponse(thumbnail(example.read()), content_type="image/jpeg")


@require_safe
def result(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Show how far the analysis is, or what it found."""
    return render(request, "portal/result.html", _result(request, submission_id))


@require_safe
def result_status(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Answer the polling page: nothing while the stage it shows (``?stage=``) lasts, else what to show instead."""
    if not getattr(request, "htmx", False):
        return redirect("portal:result", submission_id)
    context = _result(request, submission_id)
    if request.GET.get("stage") == context["stage"]:
        return HttpResponse(status=204)
    return render(request, "portal/parts/result.html", context)


def _result(request: HttpRequest, submission_id: str) -> dict[str, Any]:
    try:
        submission = checks.visible(request, submission_id)
    except Problem as problem:
        raise Http404(problem.detail) from problem
    failure = submission.failure or {}
    return {
        "report": report_of(submission, lambda path: links.sign(path, settings.LINK_LIFETIME)),
        "stage": stage_of(submission),
        "steps": steps(submission),
        "failure": failure,
        "advice": ADVICE.get(failure.get("code", ""), AGAIN),
        "case": _case_for(request, submission),
    }


def _case_for(request: HttpRequest, submission: Submission) -> Case | None:
    person = request.user
    if not (isinstance(person, Person) and person.may_read()):
        return None
    return Case.objects.filter(submission=submission, kind=CaseKind.FIRST).first()
