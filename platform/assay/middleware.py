"""What every request gets: an id in its logs and answer, and a refusal before its body is read where none can help."""

import re
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from assay import errors
from foundation.ids import new_id
from foundation.problems import Problem
from moderation.clients import limits

ACCEPTABLE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
LONGEST = 18  # digits


class RequestContextMiddleware:
    """Bind a request id (the caller's X-Request-ID where it is harmless) to the logs, and send it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if ACCEPTABLE.fullmatch(given) else new_id("req")
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class LimitMiddleware:
    """Count every request under /api/ against its caller's limits, refuse what is too much, and tell what is left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not errors.is_api(request):
            return self.get_response(request)
        try:
            readings = limits.take(request)
        except OperationalError:
            return errors.refuse(request, Problem("unavailable", "The database does not answer. Try again shortly."))
        problem = limits.refusal(readings)
        response = errors.refuse(request, problem) if problem else self.get_response(request)
        for name, value in limits.headers(readings).items():
            response[name] = value
        return response


class RefusalMiddleware:
    """Refuse what no view should have to deal with; a body that is too large is neither read nor kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        problem = refusal_of(request)
        return errors.refuse(request, problem) if problem else self.get_response(request)


def refusal_of(request: HttpRequest) -> Problem | None:
    """Return why a request is refused whatever it asks for, or None."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and request.headers.get("Transfer-Encoding"):
        return Problem("malformed", "Send the body with a Content-Length; one that comes in chunks is not read.")
    limit = settings.JSON_MAX_BYTES if request.content_type == "application/json" else settings.UPLOAD_MAX_BYTES
    if length.isdecimal() and (len(length) > LONGEST or int(length) > limit):
        return Problem("too-large", f"The request is too large: an image may have {settings.IMAGE_MAX_BYTES:,} bytes.")
    if any("\x00" in value for value in request.COOKIES.values()):
        return Problem("malformed", "A cookie holds the character U+0000.")
    return None
