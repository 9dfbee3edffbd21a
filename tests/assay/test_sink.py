import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django.asserts import assertContains
from pytest_django.fixtures import Settings

from assay.models import Receipt
from moderation.events import payload
from moderation.webhooks import signing
from moderation.webhooks.models import Endpoint
from tests.webhooks import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.assay.sink_site")]
PATH = "/demo/webhooks"
BODY = payload.serialise({"type": "submission.analysed", "timestamp": "t", "data": {"id": "sub_1", "note": "Grüße"}})


ESCAPED = [b'{"type": "\\u0000"}', b'{"type": "\\ud800"}']


@pytest.fixture
def endpoint() -> Endpoint:
    return factories.endpoint(f"http://testserver{PATH}")


def deliver(secret: str, body: bytes = BODY, at: datetime | None = None, sent: bytes | None = None) -> int:
    headers = signing.headers([secret], "evt_1", at or datetime.now(UTC), body)
    payload = body if sent is None else sent
    return Browser().post(PATH, payload, content_type="application/json", headers=headers).status_code


def listed() -> list[dict[str, Any]]:
    return list(Browser().get(PATH, headers={"accept": "application/json"}).json()["deliveries"])


def test_what_the_endpoint_signed_is_received_and_verified(endpoint: Endpoint) -> None:
    assert deliver(endpoint.secret) == 200
    (told,) = listed()
    assert (told["webhook_id"], told["type"], told["verified"]) == ("evt_1", "submission.analysed", True)
    assert told["body"] == json.loads(BODY)
    assert datetime.fromisoformat(told["received_at"]).tzinfo is not None
    assert told["received_at"].endswith("Z")


@pytest.mark.parametrize("sent", [BODY.replace(b"sub_1", b"sub_2"), b"", b"no json", b"\xff\x00", *ESCAPED])
def test_a_tampered_body_is_refused_and_listed_as_not_verified(endpoint: Endpoint, sent: bytes) -> None:
    assert deliver(endpoint.secret, sent=sent) == 401
    assert [told["verified"] for told in listed()] == [False]


def test_another_secret_an_old_signature_and_none_at_all_are_refused(endpoint: Endpoint) -> None:
    other = factories.endpoint("http://testserver/elsewhere")
    assert deliver(other.secret) == 401
    assert deliver(endpoint.secret, at=datetime(2026, 1, 1, tzinfo=UTC)) == 401
    assert Browser().post(PATH, BODY, content_type="application/json").status_code == 401
    assert not Receipt.objects.filter(verified=True).exists()


def test_a_body_that_is_too_large_is_refused_and_not_kept(endpoint: Endpoint) -> None:
    assert deliver(endpoint.secret, b'"' + b"x" * 64_000 + b'"') == 413
    assert not Receipt.objects.exists()


def test_the_newest_stands_first_and_a_repeated_one_is_listed_twice(endpoint: Endpoint) -> None:
    for number in (1, 2, 2):
        body = payload.serialise({"type": "ping", "data": number})
        deliver(endpoint.secret, body)
    assert [told["body"]["data"] for told in listed()] == [2, 2, 1]


def test_a_browser_gets_a_page_and_a_program_gets_json(endpoint: Endpoint, settings: Settings) -> None:
    deliver(endpoint.secret)
    browser = Browser().get(PATH, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assertContains(browser, "submission.analysed")
    assertContains(browser, "Holds")
    assert browser.headers["Content-Type"].startswith("text/html")
    assert Browser().get(PATH, headers={"accept": "*/*"}).headers["Content-Type"] == "application/json"


def test_an_empty_page_says_so() -> None:
    assertContains(Browser().get(PATH, headers={"accept": "text/html"}), "Nothing has arrived yet.")


def test_what_was_sent_is_escaped_on_the_page(endpoint: Endpoint) -> None:
    body = payload.serialise({"type": "<script>alert(1)</script>"})
    deliver(endpoint.secret, body)
    assertContains(Browser().get(PATH, headers={"accept": "text/html"}), "&lt;script&gt;")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_nothing_else_can_be_done_to_it(method: str) -> None:
    assert getattr(Browser(), method)(PATH).status_code == 405
