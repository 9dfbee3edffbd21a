"""Requests that no view sees, and the id that every request has."""

from pathlib import Path
from typing import Any

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from assay.middleware import RequestContextMiddleware

pytestmark = pytest.mark.django_db
API = "/api/v1/submissions"


def sized(path: str, length: str, **headers: Any) -> Any:
    """Announce a body of ``length`` bytes, and send a few."""
    return Client().generic("POST", path, b"abc", "multipart/form-data; boundary=x", CONTENT_LENGTH=length, **headers)


@pytest.mark.parametrize("length", ["21000001", "99999999999", "9" * 5000])
def test_body_over_the_limit_is_413_before_it_is_read(settings: Any, tmp_path: Path, length: str) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path

    document, page = sized(API, length), sized("/", length)

    assert (document.status_code, document.json()["code"]) == (413, "too-large")
    assert "20,000,000 bytes" in document.json()["detail"]
    assert (page.status_code, page["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert "20,000,000 bytes" in page.content.decode()
    assert list(tmp_path.iterdir()) == []


def test_body_within_the_limit_reaches_the_view() -> None:
    assert sized(API, "3").status_code == 401


def test_body_without_a_length_is_refused_with_the_reason() -> None:
    answer = sized(API, "", HTTP_TRANSFER_ENCODING="chunked")

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert "Content-Length" in answer.json()["detail"]


def test_cookie_with_a_nul_is_400_and_not_a_fault_of_the_session() -> None:
    answer = Client().get("/", headers={"cookie": 'sessionid="abcdefghij\\000"'})

    assert answer.status_code == 400


@pytest.mark.parametrize("given", ["abc-123", "A.b_c", "x" * 64])
def test_harmless_request_id_is_sent_back(given: str) -> None:
    assert Client().get("/healthz", headers={"x-request-id": given})["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "a\tb", "<script>", "é", "a;b"])
def test_other_request_ids_are_replaced(given: str) -> None:
    found = Client().get("/healthz", headers={"x-request-id": given})["X-Request-ID"]

    assert found != given
    assert found.startswith("req_")


def test_request_id_is_bound_to_the_logs_of_the_request_alone() -> None:
    seen: list[Any] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(structlog.contextvars.get_contextvars().get("request_id"))
        return HttpResponse()

    answer = RequestContextMiddleware(view)(RequestFactory().get("/"))

    assert seen == [answer["X-Request-ID"]]
    assert "request_id" not in structlog.contextvars.get_contextvars()
