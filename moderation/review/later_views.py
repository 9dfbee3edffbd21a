"""What is done to a case besides deciding it: giving it to a colleague, and revising what was decided."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_POST

from foundation.problems import Problem
from moderation.review import case_page, claims, revising
from moderation.review.access import person_of, readers_only
from moderation.review.case_views import faults_of, found_by, onwards, page
from moderation.review.forms import DecisionForm


@require_POST
@readers_only
def reassign(request: HttpRequest, case_id: str) -> HttpResponse:
    """Give the case to a colleague, and go on to the next one."""
    found = found_by(request, case_id)
    try:
        to = case_page.colleague(request.POST.get("give", ""))
        if to is None:
            fault = {"pointer": "#/give", "detail": _("Choose a person.")}
            raise Problem("invalid", _("The case was not handed on."), errors=[fault])
        claims.reassign(found.pk, person_of(request), to, request.POST.get("note", ""))
    except Problem as problem:
        return page(request, found_by(request, case_id), DecisionForm(), problem)
    return onwards(request)


@require_POST
@readers_only
def revise(request: HttpRequest, case_id: str) -> HttpResponse:
    """Decide a decided case anew, with the reason."""
    found, form = found_by(request, case_id), DecisionForm(request.POST)
    if not form.is_valid():
        return page(request, found, form, faults_of(form))
    try:
        revising.revise(found.pk, person_of(request), form.choice())
    except Problem as problem:
        return page(request, found_by(request, case_id), form, problem)
    return redirect("review:case", found.pk)
