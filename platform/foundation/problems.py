"""Problem documents (RFC 9457): the one form in which anything under /api/ says no."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, JsonResponse

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """What a slug of HTTP.md means: its HTTP status, its title, and what the caller can do."""

    status: int
    title: str
    advice: str


KINDS: dict[str, Kind] = {
    "malformed": Kind(400, "The request could not be read", "Check the syntax of the body and its content type."),
    "unauthenticated": Kind(401, "Who is calling?", "Send a valid key as 'Authorization: Bearer <key>'."),
    "forbidden": Kind(403, "Not allowed", "Use a key or an account with the right that is named."),
    "not-found": Kind(404, "Nothing here", "Check the identifier. Another client's object looks the same."),
    "method-not-allowed": Kind(405, "Wrong method", "The Allow header lists what this address accepts."),
    "conflict": Kind(409, "In conflict with the present state", "Read the object again and decide anew."),
    "idempotency-in-progress": Kind(409, "The first request still runs", "Wait as Retry-After says, then send again."),
    "gone": Kind(410, "Erased", "The object was deleted and cannot be brought back."),
    "too-large": Kind(413, "Too large", "Send fewer bytes; the limit stands in the detail."),
    "unsupported-media-type": Kind(
        415, "Not an accepted format", "Send JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF, BMP or MPO, judged by content."
    ),
    "invalid": Kind(422, "Some values are not valid", "Each entry of 'errors' names a field and its fault."),
    "image-undecodable": Kind(422, "The image does not decode", "The file is damaged or cut short; send it again."),
    "image-too-many-pixels": Kind(422, "The image is too large to look at", "Scale it down; see the limit."),
    "image-too-small": Kind(422, "The image is too small to judge", "Send at least 32 pixels on each side."),
    "idempotency-key-reused": Kind(422, "This key was used for another request", "Use a fresh Idempotency-Key."),
    "url-forbidden": Kind(422, "This address is not allowed", "Use a public http or https address."),
    "url-unreachable": Kind(422, "The address could not be fetched", "Check that it answers, or send the file."),
    "rate-limited": Kind(429, "Too many requests", "Wait as Retry-After says."),
    "internal": Kind(500, "Our fault", "Try again; if it lasts, tell the operator the instance."),
    "unavailable": Kind(503, "Not available now", "Try again shortly."),
}


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
