"""The pages of figures: the queue, verdicts, their errors, drift, and the people who review."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from moderation.clients.models import Person
from moderation.insights import access, audited, drawing, drifting, links, outcomes, people, volume
from moderation.insights.audited import Audited, Figure
from moderation.insights.scope import Scope
from moderation.intake.models import Source, Submission
from moderation.registry.models import ModelVersion
from moderation.review.quality import selectors as quality
from moderation.verdicts.models import Label

TITLES = {
    Label.AI_GENERATED: gettext_lazy("AI-generated"),
    Label.EDITED: gettext_lazy("Edited"),
    Label.UNCERTAIN: gettext_lazy("Uncertain"),
    Label.REAL: gettext_lazy("No sign"),
}
SOURCES = {
    Source.API: gettext_lazy("API"),
    Source.PAGE: gettext_lazy("Page for everyone"),
    Source.IMPORT: gettext_lazy("Import"),
}
LISTED = 50


@require_safe
@access.readers
def queue(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show how much waits, how old it is, and whether people keep up."""
    waiting = volume.waiting(scope)
    context = {
        "waiting": waiting,
        "overdue": links.cases(scope, overdue="1"),
        "reasons": [(reason, count, links.cases(scope, reason=reason)) for reason, count in waiting.reasons],
        "flow": drawing.flow(scope, volume.by_day(scope)),
        "ages": drawing.ages(scope, waiting),
    }
    return access.page(request, scope, "queue.html", context)


@require_safe
@access.readers
def cases(request: HttpRequest, scope: Scope) -> HttpResponse:
    """List the cases behind a number of the queue."""
    asked = request.GET.dict()
    page = Paginator(volume.cases(scope, asked), LISTED).get_page(asked.pop("page", None))
    more = f"{request.path}?{urlencode(asked)}"
    return access.page(request, scope, "cases.html", {"page": page, "more": more})


@require_safe
@access.readers
def verdicts(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show what verdicts stand, by day."""
    found = outcomes.of(scope)
    context = {
        "outcomes": found,
        "charts": [drawing.verdict(scope, found, label, str(title)) for label, title in TITLES.items()],
        "actions": [(action, count, links.explorer(scope, action=action)) for action, count in found.actions.items()],
        "by_people": links.explorer(scope, decided_by="person"),
        "all": links.explorer(scope),
        "failed": links.explorer(scope, state="failed"),
    }
    return access.page(request, scope, "verdicts.html", context)


@require_safe
@access.readers
def errors(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show precision, recall and errors, as measured on pictures that were drawn at random."""
    drawn = audited.sample(scope)
    by_model = audited.by_model(drawn)
    models = ModelVersion.objects.in_bulk(list(by_model))
    context = {
        "drawn": len(drawn),
        "enough": audited.ENOUGH,
        "classes": [
            (
                found.label,
                _shown(scope, f"precision:{found.label}", found.precision),
                _shown(scope, f"recall:{found.label}", found.recall),
            )
            for found in audited.by_class(drawn)
        ],
        "sources": [
            (SOURCES[Source(source)], _shown(scope, f"source:{source}", figure))
            for source, figure in audited.by_source(drawn).items()
        ],
        "models": [(models[pk], _shown(scope, f"model:{pk}", figure)) for pk, figure in by_model.items()],
        "all": _behind(scope, "all"),
    }
    return access.page(request, scope, "errors.html", context)


@require_safe
@access.readers
def behind(request: HttpRequest, scope: Scope) -> HttpResponse:
    """List the pictures of the sample that a figure was counted on."""
    drawn = audited.sample(scope)
    wanted = _counted(drawn, request.GET.get("figure", "all"))
    page = Paginator(sorted(wanted, reverse=True), LISTED).get_page(request.GET.get("page"))
    said = {one.submission: one for one in drawn}
    rows = [(row, said[row.pk]) for row in Submission.objects.filter(pk__in=list(page)).order_by("-pk")]
    context = {"rows": rows, "page": page, "more": _behind(scope, request.GET.get("figure", "all"))}
    return access.page(request, scope, "behind.html", context)


@require_safe
@access.readers
def drift(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show whether the scores of each model are distributed as they were."""
    found = drifting.of(scope)
    context = {"models": [(one, one.drift, drawing.scores(scope, one)) for one in found]}
    return access.page(request, scope, "drift.html", context)


@require_safe
@access.overseers
def reviewers(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show how much each reviewer did, and how far they agree with others."""
    pairs = quality.pairs(scope.reader, scope.start, scope.client)
    context = {"people": people.of(scope), "pairs": len(pairs), "overall": quality.overall(pairs)}
    return access.page(request, scope, "reviewers.html", context)


@require_safe
@access.overseers
def reviewer(request: HttpRequest, scope: Scope, person_id: int) -> HttpResponse:
    """List what one reviewer answered in the period, and what it is compared with."""
    person = get_object_or_404(Person, pk=person_id)
    page = Paginator(people.answers(scope, person), LISTED).get_page(request.GET.get("page"))
    more = links.same(scope, request.path)
    return access.page(request, scope, "reviewer.html", {"person": person, "page": page, "more": more})


def _shown(scope: Scope, name: str, figure: Figure) -> Mapping[str, Any]:
    return {"figure": figure, "share": figure.share, "href": _behind(scope, name)}


def _behind(scope: Scope, name: str) -> str:
    return links.same(scope, reverse("insights:behind"), figure=name)


def _counted(drawn: Sequence[Audited], name: str) -> Sequence[str]:
    """Return the ids of the pictures that a figure was counted on.

    Raises:
        Http404: there is no such figure.
    """
    kind, _colon, part = name.partition(":")
    figures: Mapping[str, Figure]
    if kind in {"precision", "recall"}:
        figures = {found.label: getattr(found, kind) for found in audited.by_class(drawn)}
    elif kind == "source":
        figures = audited.by_source(drawn)
    elif kind == "model":
        figures = audited.by_model(drawn)
    else:
        figures = {"": Figure(None, [one.submission for one in drawn])} if name == "all" else {}
    if part not in figures:
        raise Http404(_("There is no such figure."))
    return figures[part].behind
