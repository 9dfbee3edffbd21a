"""What a client may ask of an endpoint; the same for the API, the admin and the demo."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError

from foundation import http
from moderation.webhooks.event_types import EventType

MAX_HEADERS = 20
NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,1022}[\x21-\x7e])?")
RESERVED = frozenset(
    {"accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect", "host", "te"}
    | {"keep-alive", "proxy-authorization", "proxy-connection", "trailer", "transfer-encoding", "upgrade"}
)
OURS = ("webhook-", "assay-")


def allowed_url(url: str) -> None:
    """Raise ValidationError with code ``url-forbidden`` for an address that could never be told anything."""
    try:
        http.check(url, http.Guard.allowing(settings.ALLOWED_PRIVATE_NETWORKS))
    except http.Forbidden as error:
        raise ValidationError(str(error), code="url-forbidden") from error


def known_types(types: object) -> None:
    """Raise ValidationError unless ``types`` is a list of event types that exist."""
    if not isinstance(types, list) or not set(map(str, types)) <= set(EventType.values):
        raise ValidationError(f"Must be a list of {', '.join(EventType.values)}; empty means all.", code="event-types")


def harmless_headers(headers: object) -> None:
    """Raise ValidationError unless ``headers`` maps names to values that leave the message and its signature alone."""
    if not isinstance(headers, dict) or len(headers) > MAX_HEADERS:
        raise ValidationError(f"Must be an object of at most {MAX_HEADERS} headers.", code="headers")
    for name, value in headers.items():
        if not NAME.fullmatch(name) or not isinstance(value, str) or not VALUE.fullmatch(value):
            raise ValidationError(f"{name[:64]!r} is not a header with a printable value.", code="headers")
        if name.lower() in RESERVED or name.lower().startswith(OURS):
            raise ValidationError(f"{name!r} belongs to the message and cannot be set.", code="headers")
