"""What the operations of the API have in common, added to the schema that drf-spectacular builds of the views."""

from collections.abc import Iterator, Mapping
from typing import Any

from drf_spectacular.openapi import AutoSchema

from foundation.idempotency import HEADER, LONGEST
from foundation.problems import CONTENT_TYPE, KINDS
from moderation.clients.permissions import ANY

Operation = dict[str, Any]
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
PROBLEM = {"$ref": "#/components/schemas/Problem"}
ALWAYS = (400, 401, 403, 413, 422, 429, 500, 503)
WITHOUT_HEADERS = frozenset({"500", "503"})
WITH_PATH = (404, 410)
WITH_BODY = (409, 415)
TEXT: Mapping[str, Any] = {"type": "string"}
FAULT = {
    "type": "object",
    "required": ["detail"],
    "properties": {"pointer": TEXT, "parameter": TEXT, "header": TEXT, "detail": TEXT},
    "description": "What is wrong with one value: 'pointer' leads into the body (RFC 6901).",
}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457); 'code' is what a program should read.",
    "required": ["type", "code", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "a page that explains the problem"},
        "code": {"type": "string", "examples": sorted(KINDS)},
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "instance": {"type": ["string", "null"]},
        "errors": {"type": "array", "items": FAULT},
    },
}
RESPONSE_HEADERS = {
    "RateLimit": "What is left of each limit: a list of policies with r (calls) and t (seconds until it is full).",
    "RateLimit-Policy": "The caller's limits: a list of policies with q (calls) and w (in so many seconds).",
    "X-Request-ID": "The request's id in the logs; the caller's own where it sent a harmless one.",
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": HEADER,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
    "description": "Answers the same request once: kept for 24 hours per client and path.",
}


class Schema(AutoSchema):
    """Groups the operations by resource, and says which scope each needs after what its docstring says."""

    def get_tags(self) -> list[str]:
        return [self.path.split("/")[3]]

    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular calls it without the path
        said: str = super().get_description()
        scope = getattr(self.view, "scopes", {}).get(self.method)
        if scope is None:
            return said
        needed = "Any key may call this." if scope == ANY else f"Needs the scope `{scope}`."
        return f"{said}\n\n{needed}"


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Give every operation its problems and headers, and every POST its Idempotency-Key."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    components["headers"] = {
        name: {"description": text, "schema": TEXT, "required": True} for name, text in RESPONSE_HEADERS.items()
    }
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in RESPONSE_HEADERS}
    for path, method, operation in operations(result):
        if method == "post":
            operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
        for code in problems_of(path, operation):
            operation["responses"].setdefault(str(code), problem_response(code))
        for status, response in operation["responses"].items():
            if status not in WITHOUT_HEADERS:
                response.setdefault("headers", {}).update(headers)
    return result


def operations(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    """Yield the path, the method and the description of every operation."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                yield path, method, operation


def problems_of(path: str, operation: Operation) -> list[int]:
    """Return the statuses with which an operation may refuse."""
    found = set(ALWAYS) | (set(WITH_PATH) if "{" in path else set())
    return sorted(found | (set(WITH_BODY) if "requestBody" in operation or HEADER in str(operation) else set()))


def problem_response(status: int) -> dict[str, Any]:
    codes = [code for code, kind in KINDS.items() if kind.status == status]
    said = ", ".join(f"`{code}`" for code in codes)
    return {"description": said, "content": {CONTENT_TYPE: {"schema": PROBLEM}}}
