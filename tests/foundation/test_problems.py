"""Problem documents: every slug of the contract, with its status and an absolute type."""

import json
from typing import Any

import pytest
from django.test import RequestFactory

from foundation.problems import KINDS, Problem, document, respond

STATUSES = {
    "malformed": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not-found": 404,
    "method-not-allowed": 405,
    "conflict": 409,
    "idempotency-in-progress": 409,
    "gone": 410,
    "too-large": 413,
    "unsupported-media-type": 415,
    "invalid": 422,
    "image-undecodable": 422,
    "image-too-many-pixels": 422,
    "image-too-small": 422,
    "idempotency-key-reused": 422,
    "url-forbidden": 422,
    "url-unreachable": 422,
    "rate-limited": 429,
    "internal": 500,
    "unavailable": 503,
}


def test_slugs_and_statuses_are_those_of_the_contract() -> None:
    assert {code: kind.status for code, kind in KINDS.items()} == STATUSES


def test_every_kind_has_a_title_and_advice_in_plain_words() -> None:
    for kind in KINDS.values():
        assert kind.title[0].isupper()
        assert kind.advice.endswith(".")
        assert kind.meaning.endswith(".")
        assert "!" not in kind.title + kind.meaning + kind.advice


def test_document_has_the_members_of_rfc_9457_and_no_errors_where_there_are_none() -> None:
    body = document(Problem("gone", "It was erased."), instance="/api/x", base="https://assay.example")

    assert body == {
        "type": "https://assay.example/problems/gone",
        "code": "gone",
        "title": "Erased",
        "status": 410,
        "detail": "It was erased.",
        "instance": "/api/x",
    }


def test_faults_by_field_are_kept_in_order() -> None:
    faults = [{"pointer": "#/b", "detail": "no"}, {"parameter": "a", "detail": "no"}]

    assert document(Problem("invalid", "No.", errors=faults))["errors"] == faults


def test_answer_has_status_type_and_headers() -> None:
    problem = Problem("rate-limited", "Wait.", headers={"Retry-After": "3"})

    answer = respond(RequestFactory().get("/api/x"), problem)

    assert (answer.status_code, answer["Content-Type"], answer["Retry-After"]) == (
        429,
        "application/problem+json",
        "3",
    )
    assert json.loads(answer.content)["type"] == "http://testserver/problems/rate-limited"


def test_address_of_a_forged_host_is_not_repeated(settings: Any) -> None:
    settings.SITE_ADDRESS = "https://assay.example"

    answer = respond(RequestFactory().get("/api/x", headers={"host": "evil.example"}), Problem("gone", "x"))

    assert json.loads(answer.content)["type"] == "https://assay.example/problems/gone"


@pytest.mark.parametrize("code", KINDS)
def test_problem_says_its_code_and_detail(code: str) -> None:
    assert str(Problem(code, "Why.")) == f"{code}: Why."
    assert Problem(code, "Why.").status == STATUSES[code]
