"""The Idempotency-Key header and what makes two requests the same (HTTP.md, "Idempotency").

The header follows draft-ietf-httpapi-idempotency-key-header-07, whose value is a structured string (RFC 9651, section
3.3.3); a bare value means the same key.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from rest_framework.request import Request

from foundation.problems import Problem

HEADER = "Idempotency-Key"
QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
LONGEST = 255


def key_of(request: Request) -> str | None:
    """Return the key without quotes, or None where the request has none.

    Raises:
        Problem: ``invalid``: empty, longer than 255 characters, or not of printable ASCII.
    """
    given = request.headers.get(HEADER)
    if given is None:
        return None
    quoted = QUOTED.fullmatch(given.strip())
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else given.strip()
    if key and len(key) <= LONGEST and key.isascii() and key.isprintable():
        return key
    detail = f"Must be 1 to {LONGEST} printable ASCII characters."
    raise Problem("invalid", "The key cannot be used.", errors=[{"header": HEADER, "detail": detail}])


def fingerprint(request: Request) -> str:
    """Return the SHA-256 (hex) of what the request's body means.

    The same JSON value has the same one however it is written, and so have the same multipart fields and file bytes
    whatever the boundary and the files' names.

    Raises:
        rest_framework.exceptions.APIException: the body cannot be parsed.
    """
    data = request.data
    meaning = ["form", *_fields(data)] if isinstance(data, QueryDict) and data else ["json", _plain(data)]
    return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()


def _fields(data: QueryDict) -> Iterable[Any]:
    for name in sorted(data):
        yield [name, [_digest(one) if isinstance(one, UploadedFile) else one for one in data.getlist(name)]]


def _digest(file: UploadedFile[Any]) -> dict[str, str]:
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return {"sha256": found.hexdigest()}


def _plain(value: Any) -> Any:
    """Write 1.0 as 1 throughout: JSON does not tell them apart (RFC 8259, section 6)."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
