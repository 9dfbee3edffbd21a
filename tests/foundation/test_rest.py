"""Every exception of an API view becomes a problem document, in JSON whatever the caller accepts."""

from typing import Any

import pytest
from django.core import exceptions as django
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.test import Client
from rest_framework import exceptions

from foundation.problems import Problem
from foundation.rest import field_errors, to_problem
from moderation.intake.models import Submission
from tests.factories import SubmissionFactory, key, picture, stored

URL = "/api/v1/submissions"
CASES: list[tuple[Exception, str]] = [
    (Problem("gone", "x"), "gone"),
    (Http404(), "not-found"),
    (exceptions.NotFound(), "not-found"),
    (django.PermissionDenied(), "forbidden"),
    (exceptions.PermissionDenied(), "forbidden"),
    (exceptions.NotAuthenticated(), "unauthenticated"),
    (exceptions.AuthenticationFailed(), "unauthenticated"),
    (exceptions.MethodNotAllowed("PUT"), "method-not-allowed"),
    (exceptions.UnsupportedMediaType("text/csv"), "unsupported-media-type"),
    (exceptions.ParseError(), "malformed"),
    (exceptions.ValidationError({"a": ["no"]}), "invalid"),
    (exceptions.Throttled(wait=2), "rate-limited"),
    (exceptions.APIException(), "internal"),
    (django.RequestDataTooBig(), "too-large"),
    (django.TooManyFieldsSent(), "malformed"),
    (django.TooManyFilesSent(), "malformed"),
    (django.SuspiciousOperation(), "malformed"),
    (OperationalError("secret"), "unavailable"),
    (InterfaceError("secret"), "unavailable"),
    (ZeroDivisionError("secret"), "internal"),
]


@pytest.mark.parametrize(("error", "code"), CASES, ids=lambda given: getattr(type(given), "__name__", ""))
def test_exception_has_its_problem(error: Exception, code: str) -> None:
    assert to_problem(error).code == code


@pytest.mark.parametrize("error", [ZeroDivisionError("secret"), OperationalError("secret")])
def test_exception_tells_nothing_of_itself(error: Exception) -> None:
    assert "secret" not in to_problem(error).detail


def test_refusal_of_a_caller_asks_for_a_bearer_token() -> None:
    assert to_problem(exceptions.NotAuthenticated()).headers == {"WWW-Authenticate": "Bearer"}


@pytest.mark.parametrize(("wait", "seconds"), [(None, "1"), (0, "1"), (2.5, "3"), (59, "59")])
def test_throttled_caller_is_told_when_to_come_back(wait: float | None, seconds: str) -> None:
    assert to_problem(exceptions.Throttled(wait=wait)).headers == {"Retry-After": seconds}


def test_field_errors_are_flattened_to_pointers() -> None:
    detail = {"a": ["x", "y"], "b": {"c": ["z"]}, "non_field_errors": ["whole"]}

    assert field_errors(detail) == [
        {"pointer": "#/a", "detail": "x"},
        {"pointer": "#/a", "detail": "y"},
        {"pointer": "#/b/c", "detail": "z"},
        {"pointer": "#", "detail": "whole"},
    ]


@pytest.fixture
def owner(db: None, settings: Any, tmp_path: Any) -> tuple[Submission, dict[str, str]]:
    settings.MEDIA_ROOT = tmp_path
    made, secret = key()
    submission = stored(SubmissionFactory.create(client=made.client), picture())
    return submission, {"authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("accept", ["application/xml", "text/html", "image/png", ";;;/,,", "", "application/json;q=0"])
def test_answer_is_json_whatever_is_accepted(
    client: Client, owner: tuple[Submission, dict[str, str]], accept: str
) -> None:
    found = client.get(URL, headers={**owner[1], "accept": accept})
    refused = client.get(URL, headers={"accept": accept})

    assert (found.status_code, found["Content-Type"]) == (200, "application/json")
    assert (refused.status_code, refused["Content-Type"]) == (401, "application/problem+json")
    assert refused.json()["code"] == "unauthenticated"


@pytest.mark.parametrize("accept", ["image/png", "image/*", "image/avif,image/webp", "application/json"])
def test_picture_is_served_whatever_is_accepted(
    client: Client, owner: tuple[Submission, dict[str, str]], accept: str
) -> None:
    answer = client.get(f"{URL}/{owner[0].pk}/original", headers={**owner[1], "accept": accept})

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")


def test_refusals_of_the_schema_and_the_documentation_are_json_too(client: Client) -> None:
    for path in ("/api/schema/", "/api/docs/"):
        answer = client.post(path, headers={"accept": "text/html"})
        assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json"), path
        assert answer.json()["code"] == "method-not-allowed"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({f"f{n}": SimpleUploadedFile("a.png", b"x") for n in range(150)}, 400, "malformed"),
        ({f"f{n}": "x" for n in range(1500)}, 400, "malformed"),
    ],
    ids=["files", "fields"],
)
def test_form_of_too_many_parts_is_refused(
    client: Client, owner: tuple[Submission, dict[str, str]], fields: dict[str, Any], status: int, code: str
) -> None:
    answer = client.post(URL, fields, headers=owner[1])

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x; charset=utf-99",
        "multipart/form-data; boundary=\u00e9",
        "multipart/form-data; boundary=" + "x" * 300,
        "multipart/mixed; boundary=x",
        "text/plain",
        "/",
        "",
    ],
)
def test_odd_content_type_is_the_callers_fault(
    client: Client, owner: tuple[Submission, dict[str, str]], content_type: str
) -> None:
    answer = client.generic("POST", URL, b"--x\r\n\r\n--x--\r\n", content_type, headers=owner[1])

    assert answer.status_code in {400, 415, 422}
    assert answer["Content-Type"] == "application/problem+json"
