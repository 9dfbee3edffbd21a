"""What gunicorn itself refuses, before any of this site's code sees the request: a problem document, not its HTML."""

import json
import socket

from django.conf import settings
from gunicorn import util  # type: ignore[import-untyped]

from foundation.problems import CONTENT_TYPE, Problem, document


def install() -> None:
    """Have gunicorn's refusals written by :func:`write_problem`; it offers no setting for it."""
    util.write_error = write_problem


def write_problem(connection: socket.socket, status: int, reason: str, _message: str) -> None:
    """Answer a request that cannot be read, with gunicorn's status and without repeating what was sent."""
    code = "internal" if status >= 500 else "malformed"
    body = {**document(Problem(code, f"{reason}."), base=settings.SITE_ADDRESS), "status": status}
    content = json.dumps(body).encode()
    head = [
        f"HTTP/1.1 {status} {reason}",
        "Connection: close",
        f"Content-Type: {CONTENT_TYPE}",
        "X-Content-Type-Options: nosniff",
        f"Content-Length: {len(content)}",
    ]
    util.write_nonblock(connection, "\r\n".join([*head, "", ""]).encode("latin-1") + content)
