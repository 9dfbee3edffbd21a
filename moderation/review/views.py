"""The moderators' pages: the queue, a case, its decision and the undoing of it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from foundation.problems import KINDS, Problem
from moderation.clients.models import Person
from moderation.review import claims, rights, selectors, services
from moderation.review.forms import DecisionForm
from moderation.review.history import history
from moderation.review.models import Appeal, Case, CaseKind, CaseState, Decision, Judgement, Report
from moderation.review.queue import STRIP, rows
from moderation.review.report import report_of
from moderation.verdicts.models import HumanLabel

KEYS = {"real": "1", "ai_generated": "2", "edited": "3", "cannot_tell": "4"}
BUTTONS = [(label.value, label.label, KEYS[label.value]) for label in HumanLabel]
REPORTS = 5
View = Callable[..., HttpResponse]


def readers_only(view: View) -> View:
    """Let a person with a reading role in; ask others to sign in, or say that their role is not enough."""

    @wraps(view)
    @login_required
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not person_of(request).may_read():
            raise PermissionDenied("Your account has no role that opens the review pages.")
        return view(request, *args, **kwargs)

    return checked


def person_of(request: HttpRequest) -> Person:
    return cast("Person", request.user)


@require_safe
@readers_only
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    return _case_page(request, _found(case_id), DecisionForm())


@require_safe
@readers_only
def submission(_request: HttpRequest, submission_id: str) -> HttpResponse:
    """Lead to a submission's case."""
    return redirect("review:case", get_object_or_404(Case, submission=submission_id, kind=CaseKind.FIRST).pk)


@require_POST
@readers_only
def decide(request: HttpRequest, case_id: str) -> HttpResponse:
    """Decide, and go on to the next open case."""
    found = _found(case_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _case_page(request, found, form, _faults(form))
    try:
        services.decide(found.pk, person_of(request), form.choice())
    except Problem as problem:
        return _case_page(request, _found(case_id), form, problem)
    return onwards(request)


@require_POST
@readers_only
def escalate(request: HttpRequest, case_id: str) -> HttpResponse:
    """Leave the case to seniors, and go on to the next one."""
    found = _found(case_id)
    try:
        services.escalate(found.pk, person_of(request), request.POST.get("note", ""))
    except Problem as problem:
        return _case_page(request, _found(case_id), DecisionForm(), problem)
    return onwards(request)


@require_POST
@readers_only
def undo(request: HttpRequest, decision_id: str) -> HttpResponse:
    """Undo one's own decision, and go back to its case."""
    case = get_object_or_404(Case, pk=selectors.case_of_decision(decision_id))
    try:
        services.undo(decision_id, person_of(request))
    except Problem as problem:
        return _case_page(request, _found(case.pk), DecisionForm(), problem)
    return redirect("review:case", case.pk)


def onwards(request: HttpRequest) -> HttpResponse:
    """Go on to the next case, which is the person's from now on, or to the queue where nothing waits for them."""
    following = claims.claim_next(person_of(request))
    return redirect("review:case", following.pk) if following else redirect("review:queue")


def _faults(form: DecisionForm) -> Problem:
    faults = [{"pointer": f"#/{name}", "detail": str(text)} for name, texts in form.errors.items() for text in texts]
    return Problem("invalid", "The decision was not saved.", errors=faults)


def _found(case_id: str) -> Case:
    return get_object_or_404(
        Case.objects.select_related("submission__image", "submission__client", "client"), pk=case_id
    )


def _case_page(request: HttpRequest, case: Case, form: DecisionForm, problem: Problem | None = None) -> HttpResponse:
    person = person_of(request)
    is_open = case.state == CaseState.OPEN
    decided = None if is_open else _standing(case)
    barred = rights.refusal(person, case)
    context = {
        "case": case,
        "report": report_of(case.submission),
        "history": history(case, person),
        "strip": rows(STRIP, person),
        "waiting": selectors.visible_to(person).count(),
        "following": selectors.next_after(case, person),
        "form": form,
        "buttons": BUTTONS,
        "may_decide": is_open and not barred,
        "may_escalate": is_open and not case.escalated_at and person.may_review(),
        "barred": barred,
        "appeal": Appeal.objects.filter(submission=case.submission_id, decided_at=None).first(),
        "reports": Report.objects.filter(submission=case.submission_id, decision=None)[:REPORTS],
        "decided": decided,
        "problem": problem,
        "advice": KINDS[problem.code].advice if problem else "",
        **_toast(request),
    }
    return render(request, "review/case.html", context, status=problem.status if problem else 200)


def _standing(case: Case) -> Decision | Judgement | None:
    if case.kind != CaseKind.FIRST:
        return Judgement.objects.filter(case=case, undone_at=None).select_related("person").first()
    return Decision.objects.filter(case=case, undone_at=None).select_related("person", "key").first()


def _toast(request: HttpRequest) -> dict[str, Any]:
    decision = selectors.undoable(person_of(request))
    if decision is None:
        return {}
    label = HumanLabel(decision.label).label
    return {"undoable": decision, "undoable_label": label, "seconds_left": selectors.seconds_left(decision)}
