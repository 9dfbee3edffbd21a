"""What every request gets: an id in its logs and answer."""

import re
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from foundation.ids import new_id

ACCEPTABLE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


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
