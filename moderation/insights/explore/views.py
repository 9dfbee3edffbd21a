"""The explorer's pages: the list, views that are kept, what is taken along."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from foundation.problems import KINDS, Problem
from moderation.audit import services as audit
from moderation.clients.desk import person_of
from moderation.insights.explore import archives, exports, paging, presentation, saved
from moderation.insights.explore.paging import SORTS, USUAL, Page, Sort
from moderation.insights.models import Archive, SavedView
from moderation.verdicts import explorer
from moderation.verdicts.explorer import Asked

OURS = ("sort", "shape", "after", "before", "csrfmiddlewaretoken", "all", "name")
SHAPES = ("table", "grid")
LISTED = 50
View = Callable[..., HttpResponseBase]


def readers_only(view: View) -> View:
    """Let a person with a reading role in."""

    @wraps(view)
    @never_cache
    @login_required
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not person_of(request).may_read():
            raise PermissionDenied(_("Your role does not open this page."))
        return view(request, *args, **kwargs)

    return checked


@require_safe
@readers_only
def explore(request: HttpRequest) -> HttpResponse:
    """Show a page of what the filters find; with filters that cannot be read, why, and nothing else."""
    sort, shape = _sort(request), request.GET.get("shape", "")
    shape = shape if shape in SHAPES else SHAPES[0]
    try:
        asked, problem = explorer.read(request.GET, OURS), None
    except Problem as found:
        asked, problem = Asked(), found
    page = Page([], "", "") if problem else _page(request, asked, sort)
    kept = {"sort": sort.name, "shape": shape}
    context = {
        "rows": presentation.rows_of(page.rows),
        "page": page,
        "sort": sort,
        "sorts": SORTS.values(),
        "shape": shape,
        "asked": asked,
        "query": asked.query(),
        "kept": urlencode(kept),
        "hidden": [(name, value) for name, values in asked.given.items() for value in values],
        "chips": presentation.chips(asked, kept),
        "groups": presentation.groups(asked),
        "lists": presentation.lists(asked, person_of(request)),
        "saved": saved.tabs(person_of(request), request.GET.urlencode()),
        "problem": problem,
        "advice": KINDS[problem.code].advice if problem else "",
    }
    return render(request, "insights/explore/explore.html", context, status=problem.status if problem else 200)


def _sort(request: HttpRequest) -> Sort:
    return SORTS.get(request.GET.get("sort", ""), SORTS[USUAL])


def _page(request: HttpRequest, asked: Asked, sort: Sort) -> Page:
    rows = explorer.rows(asked, person_of(request)).select_related("image", "client").defer("metadata", "words")
    return paging.page(rows, sort, after=request.GET.get("after", ""), before=request.GET.get("before", ""))


@require_safe
@readers_only
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Send what the filters find, in the page's order, while it is read."""
    if form not in exports.FORMS:
        raise Http404
    try:
        asked = explorer.read(request.GET, OURS)
    except Problem as problem:
        return _refused(request, problem)
    person = person_of(request)
    exports.noted(person, form, asked)
    lines, content_type = exports.FORMS[form]
    sent = lines(exports.unsealed(asked, person), _sort(request))
    headers = {"Content-Disposition": f'attachment; filename="submissions.{form}"', "X-Content-Type-Options": "nosniff"}
    return StreamingHttpResponse(sent, content_type=content_type, headers=headers)


def _refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    context = {"problem": problem, "advice": KINDS[problem.code].advice}
    return render(request, "insights/explore/refused.html", context, status=problem.status)


@require_POST
@readers_only
def save(request: HttpRequest) -> HttpResponse:
    """Keep a view under a name."""
    try:
        view = saved.save(person_of(request), request.POST.get("name", ""), request.POST.get("query", ""))
    except Problem as problem:
        return _refused(request, problem)
    return redirect(f"/explore/?{view.query}")


@require_POST
@readers_only
def forget(request: HttpRequest, view_id: str) -> HttpResponse:
    """Forget a view."""
    get_object_or_404(SavedView, pk=view_id, person=person_of(request)).delete()
    return redirect("explore:explore")


@readers_only
def archive_list(request: HttpRequest) -> HttpResponse:
    """Show the person's archives; by POST, ask for another one of what the filters find."""
    if request.method == "POST":
        return _ask(request)
    context = {"archives": _archives(request)}
    part = "insights/explore/parts/archives.html" if request.headers.get("HX-Request") else None
    return render(request, part or "insights/explore/archives.html", context)


def _archives(request: HttpRequest) -> list[Archive]:
    return list(Archive.objects.filter(person=person_of(request)).order_by("-id")[:LISTED])


def _ask(request: HttpRequest) -> HttpResponse:
    try:
        asked = explorer.read(request.POST, OURS)
        archives.ask(person_of(request), asked.query())
    except Problem as problem:
        return _refused(request, problem)
    messages.success(request, _("The archive is being made. It stays here for a day."))
    return redirect("explore:archives")


@require_safe
@readers_only
def download(request: HttpRequest, archive_id: str) -> HttpResponseBase:
    """Send an archive to who asked for it, as long as all that is in it may be seen."""
    found = get_object_or_404(Archive, pk=archive_id, person=person_of(request))
    refusal = archives.refusal(found, person_of(request))
    if refusal:
        return _refused(request, Problem("gone", str(archives.WHY[refusal])))
    audit.record(person_of(request).actor(), "archive.fetched", found.pk)
    name = f"{found.pk}.zip"
    return FileResponse(default_storage.open(found.path), as_attachment=True, filename=name)


@require_POST
@readers_only
def discard(request: HttpRequest, archive_id: str) -> HttpResponse:
    """Remove an archive before its time is over, or while it is made."""
    archives.remove(get_object_or_404(Archive, pk=archive_id, person=person_of(request)))
    return redirect("explore:archives")
