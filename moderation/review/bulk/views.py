"""The pages of bulk decisions: choose, preview, progress, undo."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_POST, require_safe

from foundation.problems import KINDS, Problem
from moderation.clients.models import Person
from moderation.clients.sight import sees_everything
from moderation.review.access import person_of, readers_only
from moderation.review.bulk import services
from moderation.review.bulk.models import AT_WORK, Bulk, BulkItem, BulkOutcome, BulkState
from moderation.review.bulk.preview import preview
from moderation.review.forms import DecisionForm
from moderation.review.rights import is_senior
from moderation.verdicts import explorer
from moderation.verdicts.explorer import Asked

OURS = ("submission", "sort", "shape", "all", "csrfmiddlewaretoken")
SHOWN = 50
RECENT = 50


@require_safe
@readers_only
def bulks(request: HttpRequest) -> HttpResponse:
    """List the bulk decisions that the person made; seniors see everybody's."""
    shown = _visible(person_of(request)).exclude(state=BulkState.DRAFT).select_related("person").order_by("-id")
    return render(request, "review/bulks.html", {"bulks": shown[:RECENT]})


@require_POST
@readers_only
def prepare(request: HttpRequest) -> HttpResponse:
    """Keep a draft over what was selected, or over what the explorer's filters find, and show what it would change."""
    try:
        made = services.prepare(person_of(request), _chosen(request))
    except Problem as problem:
        if problem.code == "forbidden":
            raise PermissionDenied(problem.detail) from problem
        context = {"problem": problem, "advice": KINDS[problem.code].advice}
        return render(request, "review/bulks.html", context, status=problem.status)
    return redirect("review:bulk", made.pk)


def _chosen(request: HttpRequest) -> list[str]:
    """Return the ids that were selected, else those that the filters find: the newest, one more than can be decided."""
    selected = request.POST.getlist("submission")
    asked = Asked() if selected else explorer.read(request.POST, OURS)
    if not asked.given:
        return selected
    found = explorer.rows(asked, person_of(request)).order_by("-pk")
    return list(found.values_list("pk", flat=True)[: services.MOST + 1])


@require_safe
@readers_only
def bulk(request: HttpRequest, bulk_id: str) -> HttpResponse:
    """Show what a bulk decision would change, how far it is, or what became of it."""
    found = _found(request, bulk_id)
    if not getattr(request, "htmx", False):
        return _page(request, found)
    if found.state in AT_WORK:
        return render(request, "review/parts/bulk_progress.html", {"bulk": found})
    return HttpResponse(headers={"HX-Refresh": "true"})


@require_POST
@readers_only
def start(request: HttpRequest, bulk_id: str) -> HttpResponse:
    """Start it with the label that was chosen."""
    found, form = _found(request, bulk_id), DecisionForm(request.POST)
    if not form.is_valid():
        faults = [
            {"pointer": f"#/{name}", "detail": str(text)} for name, texts in form.errors.items() for text in texts
        ]
        return _page(request, found, form, Problem("invalid", _("Nothing was decided."), errors=faults))
    try:
        services.start(found, person_of(request), form.choice())
    except Problem as problem:
        return _page(request, _found(request, bulk_id), form, problem)
    return redirect("review:bulk", found.pk)


@require_POST
@readers_only
def stop(request: HttpRequest, bulk_id: str) -> HttpResponse:
    return _done(request, bulk_id, services.stop)


@require_POST
@readers_only
def undo(request: HttpRequest, bulk_id: str) -> HttpResponse:
    return _done(request, bulk_id, services.undo)


def _done(request: HttpRequest, bulk_id: str, act: Any) -> HttpResponse:
    found = _found(request, bulk_id)
    try:
        act(found, person_of(request))
    except Problem as problem:
        return _page(request, _found(request, bulk_id), problem=problem)
    return redirect("review:bulk", found.pk)


def _visible(person: Person) -> QuerySet[Bulk]:
    everything = is_senior(person) and sees_everything(person)
    return Bulk.objects.all() if everything else Bulk.objects.filter(person=person)


def _found(request: HttpRequest, bulk_id: str) -> Bulk:
    rows = _visible(person_of(request)).select_related("person")
    return get_object_or_404(rows, pk=bulk_id)


def _page(
    request: HttpRequest, found: Bulk, form: DecisionForm | None = None, problem: Problem | None = None
) -> HttpResponse:
    items = BulkItem.objects.filter(bulk=found).order_by("id")
    apart = items.filter(outcome__in=[BulkOutcome.LEFT, BulkOutcome.KEPT])
    context = {
        "bulk": found,
        "form": form or DecisionForm(),
        "preview": preview(found, found.person) if found.state == BulkState.DRAFT else None,
        "decided": items.filter(outcome=BulkOutcome.DECIDED).count(),
        "undone": items.filter(outcome=BulkOutcome.UNDONE).count(),
        "left": apart.count(),
        "apart": apart.select_related("submission")[:SHOWN],
        "at_work": found.state in AT_WORK,
        "may_undo": found.state in (BulkState.DONE, BulkState.STOPPED),
        "problem": problem,
        "advice": KINDS[problem.code].advice if problem else "",
    }
    return render(request, "review/bulk.html", context, status=problem.status if problem else 200)
