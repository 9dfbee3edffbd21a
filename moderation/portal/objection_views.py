"""Say that an answer is wrong: on any result without an account, and as an appeal of the author."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from foundation import links
from foundation.problems import KINDS, Problem
from moderation.clients.models import Person
from moderation.intake.models import Submission
from moderation.portal import limits, result, sharing
from moderation.portal.forms import AppealForm, ReportForm, said
from moderation.portal.models import Owner
from moderation.portal.views import opened
from moderation.review import objections
from moderation.review.models import Appeal
from moderation.review.report import report_of


@require_POST
def report(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Take a report on a result that the visitor may open."""
    access = opened(request, submission_id)
    if problem := _reported(request, access.submission):
        return _answered(request, "portal/result.html", result.for_access(request, access, problem), problem)
    return redirect("portal:result", submission_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def shared(request: HttpRequest, link_id: str) -> HttpResponse:
    """Show a result to whoever has its link; by POST, take their report."""
    try:
        submission = sharing.opened(request, link_id)
    except Problem as refusal:
        raise Http404(refusal.detail) from refusal
    problem = _reported(request, submission) if request.method == "POST" else None
    if request.method == "POST" and problem is None:
        return redirect(request.get_full_path())
    context = {**result.shown(request, submission, problem), "shared": True}
    return _answered(request, "portal/result.html", context, problem)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def appeal(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Show the author what was decided, and what became of their appeal; by POST, open one."""
    submission = _of_author(request, submission_id)
    problem = _appealed(request, submission) if request.method == "POST" else None
    if request.method == "POST" and problem is None:
        return redirect(request.get_full_path())
    appeals = list(Appeal.objects.filter(submission=submission).select_related("decision").order_by("-id"))
    context = {
        "report": report_of(submission, lambda path: links.sign(path, settings.LINK_LIFETIME)),
        "gone": result.why_gone(submission, request.user),
        "appeals": appeals,
        "is_open": any(one.decided_at is None for one in appeals),
        "statement": request.POST.get("statement", ""),
        "problem": problem,
        "advice": KINDS[problem.code].advice if problem else "",
        "errors": problem.errors if problem else (),
    }
    return _answered(request, "portal/appeal.html", context, problem)


def _of_author(request: HttpRequest, submission_id: str) -> Submission:
    """Return the submission for whoever has the client's signed link, or owns it by an account."""
    rows = Submission.objects.select_related("image", "client").filter(pk=submission_id)
    person = request.user
    mine = isinstance(person, Person) and Owner.objects.filter(submission=submission_id, person=person).exists()
    found = rows.first() if mine or links.is_signed(request) else None
    if found is None:
        raise Http404("There is no such picture, or the link has expired.")
    return found


def _reported(request: HttpRequest, submission: Submission) -> Problem | None:
    try:
        given = said(ReportForm(request.POST))
        limits.spend(request, "objection", settings.OBJECTIONS_PER_HOUR)
        objections.report_by_visitor(submission, _person(request), given["expected"], given["note"])
    except Problem as problem:
        return problem
    messages.success(request, _("Thank you. Your report was kept, and people who review here can see it."))
    return None


def _appealed(request: HttpRequest, submission: Submission) -> Problem | None:
    try:
        given = said(AppealForm(request.POST))
        limits.spend(request, "objection", settings.OBJECTIONS_PER_HOUR)
        objections.appeal(submission, _person(request), given["statement"])
    except Problem as problem:
        return problem
    messages.success(request, _("Your appeal is open. Somebody who did not decide before will look."))
    return None


def _person(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None


def _answered(request: HttpRequest, template: str, context: dict[str, Any], problem: Problem | None) -> HttpResponse:
    response = render(request, template, context, status=problem.status if problem else 200)
    for name, value in (problem.headers if problem else {}).items():
        response[name] = value
    return response
