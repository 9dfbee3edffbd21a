"""Problem documents (RFC 9457): the one form in which anything under /api/ says no."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, JsonResponse

from foundation.problem_types import AGAIN, KINDS, Kind

__all__ = ["AGAIN", "CONTENT_TYPE", "KINDS", "Kind", "Problem", "base_of", "document", "respond"]

CONTENT_TYPE = "application/problem+json"


@dataclass
class Problem(Exception):
    """A refusal with a slug of HTTP.md, a sentence for this occurrence, and faults by field."""

    code: str
    detail: str
    errors: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return KINDS[self.code].status

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


def document(problem: Problem, *, instance: str | None = None, base: str = "") -> dict[str, Any]:
    """Return the problem document; ``base`` is the site's address, so that ``type`` is absolute."""
    kind = KINDS[problem.code]
    body: dict[str, Any] = {
        "type": f"{base}/problems/{problem.code}",
        "code": problem.code,
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
        "instance": instance,
    }
    return {**body, "errors": list(problem.errors)} if problem.errors else body


def base_of(request: HttpRequest) -> str:
    """Return the site's address as the caller wrote it, or the configured one where the caller's is not allowed."""
    try:
        return f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        return str(settings.SITE_ADDRESS)


def respond(request: HttpRequest, problem: Problem) -> JsonResponse:
    """Answer ``request`` with the problem document."""
    body = document(problem, instance=request.path, base=base_of(request))
    return JsonResponse(body, status=problem.status, content_type=CONTENT_TYPE, headers=dict(problem.headers))
