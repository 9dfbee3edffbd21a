"""The page of a case and what its buttons do."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from foundation.problems import KINDS, Problem
from moderation.clients.models import Role
from moderation.clients.sight import only_visible
from moderation.intake.selectors import safe
from moderation.review import case_page, claims, exposure, selectors, services
from moderation.review.access import person_of, readers_only, toast, working_in
from moderation.review.forms import DecisionForm
from moderation.review.models import Case, CaseState, SkipReason

AHEAD = "X-Assay-Ahead"  # a page that is fetched before anybody looks at it


@require_safe
@never_cache
@readers_only
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """Show a case; one that is fetched ahead is not counted as seen."""
    return page(request, found_by(request, case_id), DecisionForm())


@require_POST
@readers_only
def decide(request: HttpRequest, case_id: str) -> HttpResponse:
    """Decide, and go on to the next case, claimed; keep a first look and stay where the evidence was hidden."""
    found, person = found_by(request, case_id), person_of(request)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return page(request, found, form, faults_of(form))
    if found.state == CaseState.OPEN and case_page.is_concealed(request, person, found):
        case_page.keep_first_label(request, found, form.cleaned_data["label"])
        return redirect("review:case", found.pk)
    try:
        services.decide(found.pk, person, form.choice(case_page.first_label(request, found)))
    except Problem as problem:
        return page(request, found_by(request, case_id), form, problem)
    return onwards(request)


@require_POST
@readers_only
def escalate(request: HttpRequest, case_id: str) -> HttpResponse:
    """Leave the case to a role, and go on to the next one."""
    to = request.POST.get("to", Role.LEAD.value)
    try:
        person = case_page.colleague(to)
        claims.escalate(
            found_by(request, case_id).pk, person_of(request), request.POST.get("note", ""), role=to, to=person
        )
    except Problem as problem:
        return page(request, found_by(request, case_id), DecisionForm(), problem)
    return onwards(request)


@require_POST
@readers_only
def skip(request: HttpRequest, case_id: str) -> HttpResponse:
    """Leave the case to others, and go on to the next one."""
    reason = request.POST.get("skip_reason", SkipReason.UNSURE.value)
    try:
        claims.skip(found_by(request, case_id).pk, person_of(request), reason, request.POST.get("note", ""))
    except Problem as problem:
        return page(request, found_by(request, case_id), DecisionForm(), problem)
    return onwards(request)


@require_POST
@readers_only
def claim(request: HttpRequest, case_id: str) -> HttpResponse:
    """Claim this case."""
    try:
        claims.claim(found_by(request, case_id).pk, person_of(request))
    except Problem as problem:
        return page(request, found_by(request, case_id), DecisionForm(), problem)
    return redirect("review:case", case_id)


@require_POST
@readers_only
def extend(request: HttpRequest, case_id: str) -> HttpResponse:
    """Keep the case for another lease; a script that asks for JSON is told how many seconds that is."""
    found = found_by(request, case_id)
    wants_json = request.accepts("application/json") and not request.accepts("text/html")
    try:
        claims.extend(found.pk, person_of(request))
    except Problem as problem:
        if wants_json:
            return JsonResponse({"seconds": 0}, status=problem.status)
        return page(request, found_by(request, case_id), DecisionForm(), problem)
    if wants_json:
        return JsonResponse({"seconds": int(settings.CLAIM_LEASE.total_seconds())})
    return redirect("review:case", found.pk)


@require_POST
@readers_only
def release(request: HttpRequest, case_id: str) -> HttpResponse:
    """Give the case back, and return to the queue."""
    try:
        claims.release(found_by(request, case_id).pk, person_of(request))
    except Problem as problem:
        return page(request, found_by(request, case_id), DecisionForm(), problem)
    return redirect("review:queue")


@require_POST
@readers_only
def revealed(request: HttpRequest, case_id: str) -> HttpResponse:
    """Count that the picture was unveiled."""
    exposure.reveal(person_of(request), found_by(request, case_id))
    return HttpResponse(status=204)


@require_POST
@readers_only
def later(request: HttpRequest) -> HttpResponse:
    """Leave the person alone with breaks for a while."""
    exposure.later(person_of(request))
    case_id = request.POST.get("case", "")
    return redirect("review:case", found_by(request, case_id).pk) if case_id else redirect("review:queue")


@require_POST
@readers_only
def undo(request: HttpRequest, decision_id: str) -> HttpResponse:
    """Undo one's own decision, and go back to its case."""
    found = found_by(request, selectors.case_of_decision(decision_id) or "")
    try:
        services.undo(decision_id, person_of(request))
    except Problem as problem:
        return page(request, found_by(request, found.pk), DecisionForm(), problem)
    return redirect("review:case", found.pk)


def found_by(request: HttpRequest, case_id: str) -> Case:
    """Return the case, 404 for one of a client that the person does not see."""
    rows = Case.objects.select_related("submission__image", "submission__client", "client", "claimed_by")
    return get_object_or_404(only_visible(rows, person_of(request)), pk=safe(case_id))


def page(request: HttpRequest, found: Case, form: DecisionForm, problem: Problem | None = None) -> HttpResponse:
    """Render a case's page, with the problem that kept an action from being done."""
    person = person_of(request)
    context = case_page.context_of(request, person, found)
    if person.may_review() and AHEAD not in request.headers and not context["sealed"]:
        exposure.show(person, found, revealed=not context["veils"].blur)
    context |= {"form": form, "problem": problem, "advice": KINDS[problem.code].advice if problem else ""}
    context |= toast(person)
    return render(request, "review/case.html", context, status=problem.status if problem else 200)


def onwards(request: HttpRequest) -> HttpResponse:
    """Go on to the next case, which is the person's from now on, or to the queue where nothing waits for them.

    The page names the case that it fetched ahead; where that is gone it is another.
    """
    person, queue = person_of(request), working_in(request)
    fetched = safe(request.POST.get("following", ""))
    try:
        following = claims.claim(fetched, person) if fetched else claims.claim_next(person, queue)
    except Problem:
        following = claims.claim_next(person, queue)
    if following:
        return redirect("review:case", following.pk)
    return redirect(f"{reverse('review:queue')}?queue={queue.slug}" if queue else "review:queue")


def faults_of(form: DecisionForm) -> Problem:
    faults = [{"pointer": f"#/{name}", "detail": str(text)} for name, texts in form.errors.items() for text in texts]
    return Problem("invalid", _("The decision was not saved."), errors=faults)
