"""The pages of quality control: what two people do not agree on, known answers, trainees."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.problems import KINDS, Problem
from moderation.clients.desk import person_of
from moderation.clients.models import Person, Role
from moderation.clients.sight import only_visible
from moderation.review.models import SecondReview, Trainee
from moderation.review.quality import disputes, feedback, gold, selectors, seniors
from moderation.review.quality.forms import KnownAnswerForm, SettlingForm, TraineeForm
from moderation.verdicts.document import path_of
from moderation.verdicts.models import HumanLabel

View = Callable[..., HttpResponse]


def _for(may: Callable[[Person], bool]) -> Callable[[View], View]:
    def guard(view: View) -> View:
        @wraps(view)
        @never_cache
        @login_required
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(person_of(request)):
                raise PermissionDenied(_("Quality control is for leads, administrators and auditors."))
            return view(request, *args, **kwargs)

        return checked

    return guard


def _may_see(person: Person) -> bool:
    return seniors.may_lead(person) or (person.may_read() and Role.AUDITOR in person.roles())


def _page(request: HttpRequest, problem: Problem | None = None, **filled: forms.Form) -> HttpResponse:
    reader = person_of(request)
    pairs = selectors.pairs(reader, selectors.since())
    differing = selectors.disagreements(reader)
    context = {
        "pairs": len(pairs),
        "overall": selectors.overall(pairs),
        "days": selectors.PERIOD.days,
        "waiting": selectors.waiting(reader).count(),
        "differing": differing[: selectors.LISTED],
        "differing_count": differing.count(),
        "answers": selectors.answers(reader)[: selectors.LISTED],
        "trainees": Trainee.objects.select_related("person").order_by("person__username"),
        "may_lead": seniors.may_lead(reader),
        "known_form": filled.get("known_form", KnownAnswerForm()),
        "trainee_form": filled.get("trainee_form", TraineeForm()),
        **_told(problem),
    }
    return render(request, "review/quality.html", context, status=problem.status if problem else 200)


@require_safe
@_for(_may_see)
def quality(request: HttpRequest) -> HttpResponse:
    """Show what double review found, which answers are known, and who is in training."""
    return _page(request)


@require_POST
@_for(seniors.may_lead)
def put_in(request: HttpRequest) -> HttpResponse:
    """Mix a picture whose answer is known into the work from now on."""
    form = KnownAnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, _faults(form), known_form=form)
    try:
        gold.put_in(form.cleaned_data["submission"], person_of(request), form.choice())
    except Problem as problem:
        return _page(request, problem, known_form=form)
    return redirect("review:quality")


@require_POST
@_for(seniors.may_lead)
def retire(request: HttpRequest, answer_id: str) -> HttpResponse:
    """Mix a known answer in no more."""
    try:
        gold.retire(answer_id, person_of(request))
    except Problem as problem:
        return _page(request, problem)
    return redirect("review:quality")


@require_POST
@_for(seniors.may_lead)
def train(request: HttpRequest) -> HttpResponse:
    """Have somebody told at once how each of their blind answers compares."""
    form = TraineeForm(request.POST)
    if not form.is_valid():
        return _page(request, _faults(form), trainee_form=form)
    person = Person.objects.filter(username=form.cleaned_data["username"], is_active=True).first()
    try:
        feedback.train(person or _nobody(), person_of(request))
    except Problem as problem:
        return _page(request, problem, trainee_form=form)
    return redirect("review:quality")


@require_POST
@_for(seniors.may_lead)
def release(request: HttpRequest, person_id: int) -> HttpResponse:
    """End a person's training."""
    feedback.graduate(get_object_or_404(Trainee, pk=person_id).person, person_of(request))
    return redirect("review:quality")


@require_http_methods(["GET", "HEAD", "POST"])
@_for(_may_see)
def disagreement(request: HttpRequest, review_id: str) -> HttpResponse:
    """Show what two people said of one picture; a POST settles it."""
    person = person_of(request)
    rows = SecondReview.objects.select_related("case__client", "case__submission", "decision", "settled_by")
    review = get_object_or_404(only_visible(rows, person, "case__client"), pk=review_id)
    form, problem = SettlingForm(request.POST if request.method == "POST" else None), None
    if request.method == "POST":
        try:
            disputes.settle(review.pk, person, form.choice() if form.is_valid() else disputes.NONE)
            return redirect("review:quality")
        except Problem as found:
            problem = found
    judged = selectors.judgement_of(review)
    context = {
        "review": review,
        "judged": judged,
        "barred": disputes.refusal(review, person),
        "thumbnail": f"{path_of(review.case.submission)}/thumbnail.jpg",
        "buttons": [(label.value, label.label) for label in HumanLabel],
        "form": form,
        **_told(problem),
    }
    return render(request, "review/disagreement.html", context, status=problem.status if problem else 200)


def _told(problem: Problem | None) -> dict[str, Any]:
    return {"problem": problem, "advice": KINDS[problem.code].advice if problem else ""}


def _faults(form: forms.Form) -> Problem:
    faults = [{"pointer": f"#/{name}", "detail": str(text)} for name, texts in form.errors.items() for text in texts]
    return Problem("invalid", _("It was not saved."), errors=faults)


def _nobody() -> Person:
    raise Problem("not-found", _("There is nobody of that user name."))
