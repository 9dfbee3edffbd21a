"""What the client tries again, how often and after what pause; what it raises; how long it waits."""

import json
import pickle
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from assay_client import AssayError, Problem, Retries, StillWaiting, Unreachable
from assay_client.calls import Call, get, post
from assay_client.retries import retry_after
from tests.python_client.conftest import QUICK, Connect
from tests.webhooks.receiver import Answer, Receiver

GOOD = Answer(200, b'{"id": "sub_1"}')


def problem(code: str, status: int, **headers: str) -> Answer:
    body = {
        "type": f"https://a.example/problems/{code}",
        "code": code,
        "title": "No",
        "status": status,
        "detail": "Not",
    }
    return Answer(status, json.dumps(body).encode(), headers)


def keys(server: Receiver) -> set[str]:
    return {request.headers["idempotency-key"] for request in server.received}


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_passing_trouble_is_tried_again_under_the_same_key(assay: Any, server: Receiver, status: int) -> None:
    server.say(Answer(status, b"<html>"), Answer(status), GOOD)

    assert assay.submit_bytes(b"picture") == {"id": "sub_1"}

    assert len(server.received) == 3
    assert len(keys(server)) == 1
    assert {len(request.body) for request in server.received} == {len(server.received[0].body)}


def test_lost_connection_is_tried_again_under_the_same_key(assay: Any, server: Receiver) -> None:
    cut = Answer(200, b"{", {"Content-Length": "100"})
    server.say(cut, GOOD)

    with_retry = assay.submit_bytes(b"picture")

    assert with_retry == {"id": "sub_1"}
    assert (len(server.received), len(keys(server))) == (2, 1)


def test_request_that_still_runs_is_asked_for_again(assay: Any, server: Receiver) -> None:
    server.say(problem("idempotency-in-progress", 409), GOOD)

    assert assay.submit_bytes(b"picture") == {"id": "sub_1"}
    assert len(server.received) == 2


@pytest.mark.parametrize(
    ("code", "status"),
    [("conflict", 409), ("invalid", 422), ("idempotency-key-reused", 422), ("not-found", 404), ("forbidden", 403)],
)
def test_refusal_is_raised_at_once(assay: Any, server: Receiver, code: str, status: int) -> None:
    server.say(problem(code, status))

    with pytest.raises(Problem) as raised:
        assay.appeal("sub_1", "I took it")

    assert (raised.value.code, raised.value.status) == (code, status)
    assert len(server.received) == 1


def test_patience_ends_with_the_last_problem(assay: Any, server: Receiver) -> None:
    server.say(problem("unavailable", 503))

    with pytest.raises(Problem, match="503 unavailable: Not"):
        assay.me()

    assert len(server.received) == QUICK.attempts


def test_retry_after_is_obeyed(assay: Any, server: Receiver) -> None:
    server.say(problem("rate-limited", 429, **{"Retry-After": "1"}), GOOD)

    started = time.monotonic()
    assay.me()

    assert time.monotonic() - started >= 1


def test_retry_after_that_asks_for_too_much_is_raised_with_its_time(assay: Any, server: Receiver) -> None:
    server.say(problem("rate-limited", 429, **{"Retry-After": "6"}))

    with pytest.raises(Problem) as raised:
        assay.me()

    assert raised.value.retry_after == 6
    assert len(server.received) == 1


@pytest.mark.parametrize("header", ["soon", "-1", "1.5", ""])
def test_retry_after_that_is_none_is_passed_over(header: str) -> None:
    assert retry_after(httpx.Response(503, headers={"Retry-After": header})) is None


def test_retry_after_may_be_a_date() -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    past = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)

    found = retry_after(httpx.Response(503, headers={"Retry-After": at}))
    assert found is not None
    assert 28 <= found <= 30
    assert retry_after(httpx.Response(503, headers={"Retry-After": past})) == 0


@pytest.mark.parametrize(("attempt", "least", "most"), [(1, 0.25, 0.5), (2, 0.5, 1), (3, 1, 2), (9, 30, 60)])
def test_pauses_grow_to_a_limit_and_differ(attempt: int, least: float, most: float) -> None:
    found = {Retries(attempts=20).pause(get("/me"), attempt, httpx.ConnectError("")) for _ in range(50)}

    assert len(found) > 10
    assert all(pause is not None and least <= pause <= most for pause in found)


CHANGE = Call("PATCH", "/webhook_endpoints/whe_1", json={"enabled": False})


@pytest.mark.parametrize(
    ("call", "outcome", "again"),
    [
        (CHANGE, httpx.ReadTimeout(""), False),
        (CHANGE, httpx.Response(500), False),
        (CHANGE, httpx.Response(502), False),
        (CHANGE, httpx.ConnectError(""), True),
        (CHANGE, httpx.Response(503), True),
        (CHANGE, httpx.Response(429), True),
        (post("/keys"), httpx.ReadTimeout(""), True),
        (Call("DELETE", "/keys/key_1"), httpx.ReadError(""), True),
        (get("/me"), httpx.UnsupportedProtocol(""), False),
        (get("/me"), httpx.Response(501), False),
    ],
)
def test_what_may_have_happened_is_not_done_twice(call: Call, outcome: Any, again: bool) -> None:
    assert (Retries().pause(call, 1, outcome) is not None) is again


def test_nobody_there_is_said_in_a_sentence(connect: Connect) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assay = connect(f"http://127.0.0.1:{taken.getsockname()[1]}")

        with pytest.raises(Unreachable, match="No answer came"):
            assay.me()


def test_address_without_a_scheme_fails_at_once(connect: Connect) -> None:
    started = time.monotonic()
    with pytest.raises(Unreachable):
        connect("assay.example", retries=Retries(attempts=5, first=10)).me()

    assert time.monotonic() - started < 5


def test_page_that_is_no_json_is_not_taken_for_assay(assay: Any, server: Receiver) -> None:
    server.say(Answer(200, b"<html>Welcome</html>"))

    with pytest.raises(Unreachable, match="is it Assay"):
        assay.me()


def test_problem_tells_all_that_the_document_says(assay: Any, server: Receiver) -> None:
    body = {
        "type": "https://a.example/problems/invalid",
        "code": "invalid",
        "title": "Some values are not valid",
        "status": 422,
        "detail": "Two are not.",
        "errors": [{"pointer": "#/metadata", "detail": "Too deep."}, {"header": "Prefer", "detail": "No."}],
    }
    server.say(Answer(422, json.dumps(body).encode(), {"X-Request-ID": "r-1"}))

    with pytest.raises(Problem) as raised:
        assay.submit_bytes(b"")

    found = raised.value
    assert (found.type, found.title, found.detail) == (body["type"], body["title"], body["detail"])
    assert (found.errors, found.request_id, found.document) == (body["errors"], "r-1", body)
    assert str(found) == "422 invalid: Two are not. (#/metadata: Too deep.) (Prefer: No.)"
    assert isinstance(found, AssayError)
    copy = pickle.loads(pickle.dumps(found))
    assert (copy.code, copy.request_id, str(copy)) == (found.code, found.request_id, str(found))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"\xff"])
def test_refusal_without_a_problem_document_is_a_problem_too(assay: Any, server: Receiver, body: bytes) -> None:
    server.say(Answer(403, body))

    with pytest.raises(Problem) as raised:
        assay.me()

    assert (raised.value.status, raised.value.code, raised.value.type) == (403, None, "about:blank")
    assert str(raised.value) == "403 no problem document: Forbidden"


def held(state: str, *, applied: bool = True) -> Answer:
    headers = {"Preference-Applied": "wait=1"} if applied else {}
    return Answer(200, json.dumps({"id": "sub_1", "state": state}).encode(), headers)


@pytest.mark.parametrize("state", ["analysed", "failed"])
def test_waiting_ends_with_the_verdict_or_the_failure(assay: Any, server: Receiver, state: str) -> None:
    server.say(held("queued"), held("analysing"), held(state))

    assert assay.wait("sub_1", timeout=100)["state"] == state

    assert [request.headers["prefer"] for request in server.received] == ["wait=30"] * 3


def test_waiting_asks_slowly_where_nothing_is_held(assay: Any, server: Receiver) -> None:
    server.say(held("queued", applied=False), held("analysed", applied=False))

    started = time.monotonic()
    assay.wait("sub_1")

    assert time.monotonic() - started >= 1


def test_waiting_too_long_tells_how_it_stands(assay: Any, server: Receiver) -> None:
    server.say(held("queued", applied=False))

    with pytest.raises(StillWaiting, match="sub_1 is still queued") as raised:
        assay.wait("sub_1", timeout=0.3)

    assert raised.value.document["state"] == "queued"
    assert server.received[0].headers["prefer"] == "wait=1"
    assert pickle.loads(pickle.dumps(raised.value)).document == raised.value.document


def test_waiting_retries_no_longer_than_it_was_told(connect: Connect, server: Receiver) -> None:
    server.say(problem("unavailable", 503))

    started = time.monotonic()
    with pytest.raises(Problem):
        connect(server.url, retries=Retries(attempts=99, first=0.2)).wait("sub_1", timeout=0.5)

    assert time.monotonic() - started < 3


def test_erasing_twice_returns_the_receipt_of_the_first_time(assay: Any, server: Receiver) -> None:
    receipt = {"id": "sub_1", "erased": ["original"]}
    page = {"results": [receipt], "next": None}
    server.say(problem("gone", 410), Answer(200, json.dumps(page).encode()))

    assert assay.erase("sub_1") == receipt

    assert [(one.method, one.path) for one in server.received] == [
        ("DELETE", "/api/v1/submissions/sub_1"),
        ("GET", "/api/v1/erasures?submission=sub_1"),
    ]


def test_erasing_what_is_not_there_is_a_problem(assay: Any, server: Receiver) -> None:
    server.say(problem("not-found", 404))

    with pytest.raises(Problem, match="not-found"):
        assay.erase("sub_1")
