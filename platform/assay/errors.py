"""What goes wrong outside a view: problem documents under /api/, pages elsewhere."""

import json
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt

from foundation.problems import AGAIN, KINDS, Problem, document, respond


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def refuse(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Answer with the problem: its document under /api/, a page elsewhere."""
    if is_api(request):
        return respond(request, problem)
    kind = replace(KINDS[problem.code], advice=problem.detail)
    return render(request, "problem.html", {"slug": problem.code, "kind": kind}, status=problem.status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if is_api(request):
        return respond(request, Problem("malformed", "The request could not be read."))
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if is_api(request):
        return respond(request, Problem("forbidden", "You may not do this."))
    return defaults.permission_denied(request, exception)


def csrf_failure(request: HttpRequest, **_: str) -> HttpResponse:
    """Answer for a form without its token as for any other refusal, with this site's page."""
    return forbidden(request)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if is_api(request):
        return respond(request, Problem("not-found", "There is nothing at this address."))
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if is_api(request):
        return respond(request, Problem("internal", "Something failed on our side. It was logged."))
    return defaults.server_error(request)


@csrf_exempt
def no_such_endpoint(request: HttpRequest) -> HttpResponse:
    """Answer for every address under /api/ that nobody serves."""
    return respond(request, Problem("not-found", "There is nothing at this address."))


def problem(request: HttpRequest, slug: str) -> HttpResponse:
    """Explain a problem type: the page that ``type`` of a problem document leads to."""
    if slug not in KINDS:
        raise Http404
    example = document(Problem(slug, KINDS[slug].meaning), instance="/api/v1/...", base="https://assay.example")
    context = {"slug": slug, "kind": KINDS[slug], "again": slug in AGAIN, "example": json.dumps(example, indent=2)}
    return render(request, "problem.html", context)


def problems(request: HttpRequest) -> HttpResponse:
    """List the problem types."""
    return render(request, "problems.html", {"kinds": KINDS})
