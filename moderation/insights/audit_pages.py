"""The page of the audit log, for leads, administrators and auditors, and its export."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from foundation import cursors
from foundation.problems import Problem
from moderation.audit import services as audit
from moderation.clients.desk import person_of
from moderation.insights import audit_log
from moderation.insights.access import oversees
from moderation.insights.scope import clients_seen_by
from moderation.intake.seals import may_see_sealed

FORMS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
WRITERS = {"csv": audit_log.as_csv, "jsonl": audit_log.as_jsonl}
FILTERS = ("noun", "actor", "object", "client", "since", "until")
DIGITS = 18
View = Callable[..., HttpResponseBase]


def _overseers(view: View) -> View:
    @wraps(view)
    @never_cache
    @login_required
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not oversees(person_of(request)):
            raise PermissionDenied(_("Leads, administrators and auditors read the audit log."))
        return view(request, *args, **kwargs)

    return checked


@require_safe
@_overseers
def log(request: HttpRequest) -> HttpResponse:
    """Show the log, the newest entry first."""
    person, asked = person_of(request), _asked(request)
    for cursor in ("before", "after"):
        given = request.GET.get(cursor, "0")
        if not (given.isascii() and given.isdigit() and len(given) <= DIGITS):
            raise Http404
    try:
        page = cursors.page(request, audit_log.sought(person, asked), lambda entry: entry)
    except Problem as problem:
        raise Http404(problem.detail) from problem
    context = {
        "page": page,
        "lines": audit_log.lines(page["results"]),
        "asked": asked,
        "nouns": audit_log.NOUNS,
        "clients": clients_seen_by(person),
        "query": urlencode({name: value for name, value in asked.items() if value}),
        "keeps_seals": may_see_sealed(person),
    }
    return render(request, "audit/log.html", context)


@require_safe
@_overseers
def export(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """Stream what the filters find as CSV or JSON lines; that it was taken is logged."""
    person, asked = person_of(request), _asked(request)
    told = {"form": form, **{name: value for name, value in asked.items() if value}}
    audit.record(person.actor(), "audit_log.exported", "audit_log", told)
    lines = WRITERS[form](audit_log.exported(audit_log.sought(person, asked)))
    response = StreamingHttpResponse(lines, content_type=FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="audit-log.{form}"'
    return response


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip().replace("\x00", "")[:100] for name in FILTERS}
