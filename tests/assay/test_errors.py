"""What goes wrong outside a view: a problem document under /api/, a page elsewhere, and no traceback anywhere."""

from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from assay import urls

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
FAULTS = {"broken": ZeroDivisionError("secret detail"), "bad": BadRequest(), "denied": PermissionDenied()}


def fail(request: HttpRequest, fault: str) -> HttpResponse:
    raise FAULTS[fault]


urlpatterns = [path("api/fault/<fault>", fail), path("fault/<fault>", fail), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@pytest.fixture(autouse=True)
def failing(settings: Any) -> Client:
    """A site with addresses that fail, and that answers as in production."""
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("fault", "status", "code"), [("broken", 500, "internal"), ("bad", 400, "malformed"), ("denied", 403, "forbidden")]
)
def test_fault_is_a_problem_under_api_and_a_page_elsewhere(failing: Client, fault: str, status: int, code: str) -> None:
    document = failing.get(f"/api/fault/{fault}")
    page = failing.get(f"/fault/{fault}")

    assert (document.status_code, document["Content-Type"]) == (status, PROBLEM)
    assert (document.json()["code"], document.json()["instance"]) == (code, f"/api/fault/{fault}")
    assert (page.status_code, page["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert "secret detail" not in document.content.decode() + page.content.decode()


@pytest.mark.parametrize("address", ["/api/", "/api/v1/", "/api/v2/submissions", "/api/v1/nothing", "/api/%00"])
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "head", "options"])
def test_unknown_address_under_api_is_404_for_every_method(address: str, method: str) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), method)(address)

    assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)


def test_unknown_page_is_404_as_a_page(failing: Client) -> None:
    answer = failing.get("/nothing")

    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_wrong_method_is_405_with_what_is_allowed(failing: Client, method: str) -> None:
    answer = getattr(failing, method)("/api/v1/submissions")

    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert {"GET", "POST"} <= set(answer["Allow"].split(", "))


@pytest.mark.parametrize("address", ["/api/v1/submissions", "/api/schema/", "/api/nothing"])
@pytest.mark.parametrize("host", ["evil.example", "evil..com@:x", "127.0.0.1:80:80", ""])
def test_forged_host_is_a_problem_that_does_not_repeat_it(failing: Client, address: str, host: str) -> None:
    answer = failing.get(address, headers={"host": host})

    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    assert answer.json()["type"] == "http://127.0.0.1:8000/problems/malformed"


def test_forged_host_is_a_plain_page_elsewhere(failing: Client) -> None:
    answer = failing.get("/", headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


@pytest.mark.parametrize("address", ["/results/a%00b", "/review/cases/%00", "/problems/x%00", "/%00"])
def test_nul_in_an_address_is_404_or_asks_for_a_log_in(failing: Client, address: str) -> None:
    assert failing.get(address).status_code in {302, 404}


def test_every_problem_type_has_its_page(failing: Client) -> None:
    assert failing.get("/problems/image-too-small").status_code == 200
    assert failing.get("/problems/nonsense").status_code == 404


def test_form_without_its_token_is_refused_with_this_sites_page() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"username": "a", "password": "b"})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "A form that was open for long" in page
    assert "<style" not in page
