"""Requests and answers: limits of time and bytes, redirects, compression, and servers that misbehave."""

import socket
import time
from contextlib import suppress

import pytest

from foundation import http
from tests.foundation.http.helpers import LOOPBACK, fetch, raw_server
from tests.webhooks.receiver import Answer, Receiver


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(status: int, server: Receiver) -> None:
    server.answer = lambda _: Answer(status, headers={"Location": f"{server.url}/elsewhere"})
    reply = fetch(http.Client(LOOPBACK), f"{server.url}/here")
    assert reply.status == status
    assert reply.headers["location"] == f"{server.url}/elsewhere"
    assert [request.path for request in server.received] == ["/here"]


@pytest.mark.parametrize("location", ["javascript:alert(1)", "http://[::1/"])
def test_a_redirect_to_no_address_is_unreachable(location: str, server: Receiver) -> None:
    server.say(Answer(302, headers={"Location": location}))
    with pytest.raises(http.Unreachable, match="broke before"):
        fetch(http.Client(LOOPBACK), server.url)


def test_what_is_sent_arrives_byte_for_byte_without_cookies_or_compression(server: Receiver) -> None:
    body = '{"note":"Grüße, 世界"}'.encode()
    client = http.Client(LOOPBACK)
    client.send("POST", server.url, timeout=5, max_bytes=10, headers={"X-One": "1"}, content=body)
    sent = server.received[0]
    assert (sent.method, sent.body) == ("POST", body)
    assert sent.headers["content-length"] == str(len(body))
    assert sent.headers["x-one"] == "1"
    assert sent.headers["accept-encoding"] == "identity"
    assert sent.headers["user-agent"] == "Assay/1"
    assert "cookie" not in sent.headers


def test_a_body_of_just_the_limit_is_whole(server: Receiver) -> None:
    server.say(Answer(body=b"x" * 1024), Answer(body=b"x" * 1025))
    whole, cut = fetch(http.Client(LOOPBACK), server.url), fetch(http.Client(LOOPBACK), server.url)
    assert (len(whole.body), whole.truncated) == (1024, False)
    assert (len(cut.body), cut.truncated) == (1024, True)


def test_an_endless_body_is_cut_off_at_the_limit() -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                connection.sendall(b"x" * 65_536)
        except OSError:
            pass

    with raw_server(serve) as port:
        reply = fetch(http.Client(LOOPBACK), f"http://127.0.0.1:{port}/", max_bytes=100_000)
    assert (reply.status, len(reply.body), reply.truncated) == (200, 100_000, True)


def test_compressed_content_is_not_blown_up(server: Receiver) -> None:
    bomb = bytes.fromhex("1f8b0800000000000203") + b"\x00" * 50
    server.say(Answer(body=bomb, headers={"Content-Encoding": "gzip"}))
    assert fetch(http.Client(LOOPBACK), server.url).body == bomb


@pytest.mark.parametrize("pieces", [[], [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"]], ids=["header", "body"])
def test_an_answer_that_drips_is_over_in_time(pieces: list[bytes]) -> None:
    """Every single read succeeds well within the limit; the exchange as a whole does not."""

    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        try:
            for piece in [*pieces, *[b"H"] * 100]:
                connection.sendall(piece)
                time.sleep(0.1)
        except OSError:
            pass

    started = time.monotonic()
    with raw_server(serve) as port, pytest.raises(http.Unreachable, match="in time"):
        fetch(http.Client(LOOPBACK), f"http://127.0.0.1:{port}/", timeout=0.6)
    assert 0.5 < time.monotonic() - started < 3


def test_a_server_that_says_nothing_is_over_in_time() -> None:
    def serve(connection: socket.socket) -> None:
        connection.settimeout(5)
        while connection.recv(4096):
            pass

    with raw_server(serve) as port, pytest.raises(http.Unreachable, match="did not answer in time"):
        fetch(http.Client(LOOPBACK), f"http://127.0.0.1:{port}/", timeout=0.3)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000,
    ],
)
def test_an_answer_that_breaks_off_or_is_no_http_is_unreachable(answer: bytes) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        with suppress(OSError):
            connection.sendall(answer)

    with raw_server(serve) as port, pytest.raises(http.Unreachable, match="broke before"):
        fetch(http.Client(LOOPBACK), f"http://127.0.0.1:{port}/")


def test_a_refused_connection_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(http.Unreachable, match="No connection"):
        fetch(http.Client(LOOPBACK), f"http://127.0.0.1:{port}/")


def test_the_environment_names_no_proxy(server: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert fetch(http.Client(LOOPBACK), server.url).status == 200
