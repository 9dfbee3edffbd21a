"""One attempt against a real receiver."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from foundation import http
from moderation.events import payload
from moderation.webhooks import signing
from moderation.webhooks.sending import Message, Outcome, excerpt, send
from tests.webhooks.receiver import Answer, Receiver

LOOPBACK = http.Client(["127.0.0.0/8"])
BODY = payload.serialise({"type": "submission.analysed", "timestamp": "t", "data": {"file": "Grüße 世界 \u2028.jpg"}})
LIMIT = timedelta(seconds=3)
SECRET = signing.new_secret()


def attempt(url: str, client: http.Client = LOOPBACK, timeout: timedelta = LIMIT) -> Outcome:
    return send(Message("evt_1", url, BODY, (SECRET,), {}), client, timeout)


def test_the_exact_bytes_arrive_and_the_official_package_verifies_them(hooks: Receiver) -> None:
    attempt(f"{hooks.url}/in?token=1")
    (got,) = hooks.received
    assert (got.method, got.path, got.body) == ("POST", "/in?token=1", BODY)
    assert got.headers["content-type"] == "application/json"
    assert got.headers["webhook-id"] == "evt_1"
    assert Webhook(SECRET).verify(got.body, got.headers)["data"]["file"] == "Grüße 世界 \u2028.jpg"


def test_headers_of_the_endpoints_own_are_sent_beside_the_signature(hooks: Receiver) -> None:
    own = {"X-Tenant": "harbour", "User-Agent": "harbour/2"}
    send(Message("evt_1", hooks.url, BODY, (SECRET,), own), LOOPBACK, LIMIT)
    headers = hooks.received[0].headers
    assert (headers["x-tenant"], headers["user-agent"]) == ("harbour", "harbour/2")
    assert Webhook(SECRET).verify(BODY, headers)


def test_an_outcome_says_when_how_long_and_what(hooks: Receiver) -> None:
    hooks.answer = lambda _: Answer(201, b"thank you", pause=0.2)
    before = datetime.now(UTC)
    outcome = attempt(hooks.url)
    assert before <= outcome.started_at <= datetime.now(UTC)
    assert 200 <= outcome.milliseconds < 3000
    assert (outcome.status_code, outcome.error, outcome.excerpt) == (201, "", "thank you")


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_success(status: int, hooks: Receiver) -> None:
    hooks.say(Answer(status))
    outcome = attempt(hooks.url)
    assert (outcome.succeeded, outcome.gone, outcome.error) == (True, False, "")


@pytest.mark.parametrize("status", [300, 304, 400, 401, 404, 409, 410, 422, 429, 500, 502, 503, 599])
def test_nothing_else_is(status: int, hooks: Receiver) -> None:
    hooks.say(Answer(status))
    outcome = attempt(hooks.url)
    assert (outcome.succeeded, outcome.status_code, outcome.gone) == (False, status, status == 410)
    assert outcome.error.startswith(f"It answered {status}")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_is_not_followed(status: int, hooks: Receiver) -> None:
    hooks.answer = lambda _: Answer(status, headers={"Location": f"{hooks.url}/elsewhere"})
    outcome = attempt(f"{hooks.url}/in")
    assert not outcome.succeeded
    assert outcome.error == f"It answered {status}; redirects are not followed."
    assert [request.path for request in hooks.received] == ["/in"]


def test_a_receiver_that_takes_too_long_is_a_failure_in_time(hooks: Receiver) -> None:
    hooks.say(Answer(200, pause=2.0))
    outcome = attempt(hooks.url, timeout=timedelta(seconds=0.4))
    assert (outcome.status_code, outcome.error) == (None, "It did not answer in time.")
    assert 350 <= outcome.milliseconds < 1500


def test_a_receiver_that_is_down_is_a_failure_with_a_reason() -> None:
    outcome = attempt("http://127.0.0.1:1/")
    assert outcome.status_code is None
    assert outcome.error.startswith("No connection could be made")


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://169.254.169.254/", "http://[::ffff:10.0.0.1]/", "ftp://a/"]
)
def test_an_address_that_became_forbidden_is_not_asked(url: str) -> None:
    outcome = attempt(url)
    assert outcome.status_code is None
    assert "allowed" in outcome.error


def test_a_name_that_turns_to_a_private_address_is_not_asked(hooks: Receiver) -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    client = http.Client(["127.0.0.0/8"], lambda host, port: answers.pop(0))
    url = hooks.url.replace("127.0.0.1", "hooks.example")
    assert attempt(url, client).succeeded
    assert attempt(url, client).error.startswith("The address leads to a private")
    assert len(hooks.received) == 1


@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 1025, 5_000_000])
def test_of_the_reply_the_first_kilobyte_is_kept(size: int, hooks: Receiver) -> None:
    hooks.say(Answer(500, b"x" * size))
    assert attempt(hooks.url).excerpt == "x" * min(size, 1024)


def test_a_reply_is_kept_as_text_that_can_be_stored() -> None:
    assert excerpt("Grüße".encode()) == "Grüße"
    assert excerpt(b"a\x00b\xff") == "a\ufffdb\ufffd"
    assert excerpt("é".encode() * 600) == "é" * 512
    assert excerpt(b"x" + "é".encode() * 600) == "x" + "é" * 511


@pytest.mark.parametrize(("value", "asked"), [("120", timedelta(minutes=2)), ("later", None)])
def test_retry_after_is_passed_on(value: str, asked: timedelta | None, hooks: Receiver) -> None:
    hooks.say(Answer(503, headers={"Retry-After": value}))
    assert attempt(hooks.url).retry_after == asked


def test_a_broken_secret_is_our_failure_and_no_crash(hooks: Receiver) -> None:
    outcome = send(Message("evt_1", hooks.url, BODY, ("whsec_",), {}), LOOPBACK, LIMIT)
    assert (outcome.status_code, outcome.error) == (None, "The attempt failed on our side.")
    assert hooks.received == []


def test_a_message_does_not_show_its_secret() -> None:
    shown = repr(Message("evt_1", "https://hooks.example/", BODY, (SECRET,), {"X-Token": "t0p"}))
    assert SECRET not in shown
    assert "t0p" not in shown
