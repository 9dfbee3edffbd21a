"""How Django REST framework says no: every exception becomes a problem document, in JSON whatever was asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from foundation.problems import CONTENT_TYPE, Problem, base_of, document

log = structlog.get_logger(__name__)


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response:
    """Turn any exception of an API view into ``application/problem+json``; the unknown ones are logged as internal."""
    set_rollback()
    request = context["request"]
    problem = to_problem(error)
    if problem.status >= 500:
        log.error("api_error", path=request.path, exc_info=error)
    body = document(problem, instance=request.path, base=base_of(request))
    request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
    return Response(body, status=problem.status, headers=dict(problem.headers), content_type=CONTENT_TYPE)


DJANGO: Sequence[tuple[tuple[type[Exception], ...], str, str]] = (
    ((Http404,), "not-found", "There is nothing at this address, or it is not yours."),
    ((PermissionDenied,), "forbidden", "You may not do this."),
    ((RequestDataTooBig,), "too-large", "The form's fields are larger than this site reads."),
    ((SuspiciousOperation,), "malformed", "The request could not be read; it may have too many parts."),
    ((OperationalError, InterfaceError), "unavailable", "The database does not answer. Try again shortly."),
    ((Exception,), "internal", "Something failed on our side. It was logged."),
)
"""What an exception that is none of the framework's stands for; the first that fits."""


def to_problem(error: Exception) -> Problem:
    """Return the problem that stands for ``error``."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, exceptions.ValidationError):
        return Problem("invalid", "Some values are not valid.", errors=field_errors(error.detail))
    if isinstance(error, exceptions.APIException):
        return _from_rest(error)
    return next(Problem(code, detail) for kinds, code, detail in DJANGO if isinstance(error, kinds))


def _from_rest(error: exceptions.APIException) -> Problem:
    if isinstance(error, exceptions.Throttled):
        seconds = str(int(getattr(error, "wait", None) or 1))
        return Problem("rate-limited", f"Try again in {seconds} s.", headers={"Retry-After": seconds})
    if isinstance(error, exceptions.AuthenticationFailed | exceptions.NotAuthenticated):
        return Problem("unauthenticated", str(error.detail), headers={"WWW-Authenticate": "Bearer"})
    codes: dict[type[exceptions.APIException], str] = {
        exceptions.PermissionDenied: "forbidden",
        exceptions.NotFound: "not-found",
        exceptions.MethodNotAllowed: "method-not-allowed",
        exceptions.UnsupportedMediaType: "unsupported-media-type",
        exceptions.ParseError: "malformed",
    }
    return Problem(codes.get(type(error), "internal"), str(error.detail))


def field_errors(detail: Any, pointer: str = "#") -> list[dict[str, str]]:
    """Flatten the framework's nested messages into JSON pointers."""
    if isinstance(detail, Mapping):
        found = []
        for name, inner in detail.items():
            at = pointer if name == "non_field_errors" else f"{pointer}/{name}"
            found += field_errors(inner, at)
        return found
    if isinstance(detail, list):
        return [entry for inner in detail for entry in field_errors(inner, pointer)]
    return [{"pointer": pointer, "detail": str(detail)}]
