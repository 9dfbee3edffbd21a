"""Pages for everyone: check an image, and its result."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from foundation.problems import KINDS, Problem
from moderation.clients.services import anonymous_client
from moderation.intake import retention
from moderation.intake.models import Source, Submission
from moderation.intake.previews import thumbnail
from moderation.intake.services import Particulars, submit, submit_url
from moderation.portal import checks, examples, limits, result
from moderation.portal.forms import given_picture


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
    given = given_picture(request)
    limits.spend(request, "check", settings.CHECKS_PER_HOUR)
    particulars = Particulars(source=Source.PAGE, file_name=given.name)
    if given.url:
        return submit_url(anonymous_client(), given.url, particulars)
    return submit(anonymous_client(), given.data, particulars)


def _check_page(request: HttpRequest, problem: Problem | None = None) -> HttpResponse:
    kept = retention.period(anonymous_client())
    context: dict[str, Any] = {
        "examples": examples.shown(),
        "recent": checks.recent(request),
        "max_bytes": settings.IMAGE_MAX_BYTES,
        "may_check": _may_check(request),
        "may_sign_up": settings.SIGN_UP,
        "kept_days": kept.days if kept else 0,
        "problem": problem,
    }
    if problem:
        context["advice"] = result.advice().get(problem.code) or KINDS[problem.code].advice
        context["of_address"] = "url" in request.POST
    response = render(request, "portal/check.html", context, status=problem.status if problem else 200)
    for name, value in (problem.headers if problem else {}).items():
        response[name] = value
    return response


@require_safe
@cache_control(public=True, max_age=86_400)
def example_thumbnail(_request: HttpRequest, file: str) -> HttpResponse:
    """Return a small picture of an example."""
    example = examples.everything().get(file)
    if example is None:
        raise Http404
    return HttpResponse(thumbnail(example.read()), content_type="image/jpeg")


@require_safe
def result_page(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Show how far the analysis is, or what it found."""
    return render(request, "portal/result.html", result.for_access(request, opened(request, submission_id)))


@require_safe
def result_status(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Answer the polling page: nothing while the stage it shows (``?stage=``) lasts, else what to show instead."""
    if not getattr(request, "htmx", False):
        return redirect("portal:result", submission_id)
    context = result.for_access(request, opened(request, submission_id))
    if request.GET.get("stage") == context["stage"]:
        return HttpResponse(status=204)
    return render(request, "portal/parts/result.html", context)


def opened(request: HttpRequest, submission_id: str) -> checks.Access:
    """Return what the visitor may open, or answer that there is nothing."""
    try:
        return checks.opened(request, submission_id)
    except Problem as problem:
        raise Http404(problem.detail) from problem
