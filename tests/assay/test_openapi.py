"""The OpenAPI file: built without warnings, valid, and complete in what every operation has alike."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from assay.openapi import operations
from moderation.clients.permissions import ANY
from moderation.clients.rest import ApiView

RATE_HEADERS = {"RateLimit", "RateLimit-Policy", "X-Request-ID"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    with GENERATOR_STATS.silence():
        return built()


def built() -> dict[str, Any]:
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


def endpoints(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the route and the class of every view under /api/v1/."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from endpoints(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route.startswith("api/v1/"):
            yield route, pattern.callback.cls  # type: ignore[attr-defined]


def test_schema_is_built_without_warnings_and_is_valid_openapi_3_1(schema: dict[str, Any]) -> None:
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        built()

    assert (dict(GENERATOR_STATS._warn_cache), dict(GENERATOR_STATS._error_cache)) == ({}, {})
    validate_schema(schema)  # type: ignore[no-untyped-call]
    assert schema["openapi"].startswith("3.1")


@pytest.mark.django_db
def test_file_may_be_downloaded_by_anyone(client: Browser) -> None:
    answer = client.get("/api/schema/")

    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith('.yaml"')
    assert client.get("/api/schema/?format=json").json()["info"]["title"] == "Assay"


def test_every_view_of_the_api_is_in_the_schema_and_has_the_common_base(schema: dict[str, Any]) -> None:
    found = list(endpoints())

    assert len(found) > 30
    assert [route for route, view in found if not issubclass(view, ApiView)] == []
    described = {path.strip("/") for path in schema["paths"]}
    assert len({route for route, _ in found}) == len(described)


def test_every_method_of_every_view_names_its_scope() -> None:
    known = {"submit", "read", "decide", "manage", "learn", "models", ANY}

    for route, view in endpoints():
        methods = {name.upper() for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)}
        assert methods <= set(view.scopes), route
        assert set(view.scopes.values()) <= known, route


def test_every_operation_has_its_problems_its_headers_and_its_scope(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        at = f"{method} {path}"
        responses = operation["responses"]
        assert {"401", "403", "422", "429"} <= set(responses), at
        assert ("404" in responses) or "{" not in path, at
        assert set(responses["401"]["headers"]) >= RATE_HEADERS, at
        assert all(set(responses[code]["headers"]) >= RATE_HEADERS for code in responses if code < "300"), at
        assert "scope" in operation["description"] or "Any key" in operation["description"], at


def test_every_post_takes_an_idempotency_key(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        taken = [one["name"] for one in operation.get("parameters", [])].count("Idempotency-Key")
        assert taken == (1 if method == "post" else 0), path


def test_every_refusal_is_the_problem_document(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        for status, response in operation["responses"].items():
            if status >= "400":
                assert set(response["content"]) == {"application/problem+json"}, f"{method} {path} {status}"


def test_every_event_type_is_described_as_a_webhook(schema: dict[str, Any]) -> None:
    types = {"submission.analysed", "submission.failed", "verdict.revised", "case.escalated", "ping"}

    assert types | {"appeal.opened", "appeal.decided", "model.promoted"} <= set(schema["webhooks"])
