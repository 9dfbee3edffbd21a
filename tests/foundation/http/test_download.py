"""Files: redirects judged one by one, limits of bytes and time while streaming, and content that nobody wants."""

import socket
import time
from collections.abc import Sequence

import pytest

from foundation import http
from tests.foundation.http.helpers import LOOPBACK, raw_server, resolver
from tests.webhooks.receiver import Answer, Receiver

PNG = b"\x89PNG\r\n\x1a\n"


def get(url: str, client: http.Client | None = None, **options: object) -> bytes:
    limits = {"timeout": 5.0, "max_bytes": 1024, **options}
    return http.download(client or http.Client(LOOPBACK), url, **limits)  # type: ignore[arg-type]


def redirect(location: str, status: int = 302) -> Answer:
    return Answer(status, headers={"Location": location})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_to_the_file(status: int, server: Receiver) -> None:
    server.say(redirect(f"{server.url}/moved", status), Answer(body=b"file"))
    assert get(f"{server.url}/here") == b"file"
    assert [(one.method, one.path) for one in server.received] == [("GET", "/here"), ("GET", "/moved")]


@pytest.mark.parametrize(
    ("location", "path"), [("moved", "/a/moved"), ("/b?x=1", "/b?x=1"), ("?y", "/a/here?y"), ("../c#part", "/c")]
)
def test_a_relative_redirect_is_read_from_where_it_stands(location: str, path: str, server: Receiver) -> None:
    server.say(redirect(location), Answer(body=b"file"))
    assert get(f"{server.url}/a/here") == b"file"
    assert server.received[1].path == path


def test_three_redirects_are_followed_and_a_fourth_is_not(server: Receiver) -> None:
    server.say(*[redirect("/next")] * 3, Answer(body=b"file"))
    assert get(server.url) == b"file"
    server.say(redirect("/next"))
    with pytest.raises(http.Unreachable, match="more than 3 times"):
        get(server.url)
    assert len(server.received) == 4 + 4


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::ffff:10.0.0.1]/", "http://0xa000001/",
        "//192.168.0.1/", "http://[fd00::1]/", "https://user:secret@hooks.example/", "ftp://hooks.example/",
        "file:///etc/passwd", "javascript:alert(1)", "http://hooks.example:99999/", "http://[::1/", "http://a b/",
        "/" + "x" * 2048,
    ],
)  # fmt: skip
def test_a_redirect_to_a_forbidden_address_is_not_followed(
    location: str, server: Receiver, packets: list[object]
) -> None:
    server.say(redirect(location), Answer(body=b"file"))
    with pytest.raises(http.Refused) as refused:
        get(server.url)
    assert "secret" not in str(refused.value)
    assert packets == ["127.0.0.1"]
    assert len(server.received) == 1


def test_a_redirect_to_a_name_that_leads_inside_is_not_followed(server: Receiver, packets: list[object]) -> None:
    server.say(redirect("http://inside.example/"))
    with pytest.raises(http.Forbidden, match="leads to a private"):
        get(server.url, http.Client(LOOPBACK, resolver(["10.0.0.1"])))
    assert packets == ["127.0.0.1"]


def test_a_resolver_that_changes_its_mind_between_two_hops_is_judged_anew(
    server: Receiver, packets: list[object]
) -> None:
    answers: list[Sequence[str]] = [["127.0.0.1"], ["10.0.0.1"]]
    server.say(redirect("/again"))
    url = server.url.replace("127.0.0.1", "pictures.example")
    with pytest.raises(http.Forbidden):
        get(url, http.Client(LOOPBACK, resolver(*answers)))
    assert packets == ["127.0.0.1"]
    assert [one.path for one in server.received] == ["/"]


@pytest.mark.parametrize("answer", [Answer(302), Answer(302, headers={"Location": ""})])
def test_a_redirect_to_nowhere_is_unreachable(answer: Answer, server: Receiver) -> None:
    server.say(answer)
    with pytest.raises(http.Unreachable, match="without saying where"):
        get(server.url)


@pytest.mark.parametrize("status", [201, 204, 206, 304, 400, 401, 403, 404, 410, 429, 500, 503])
def test_only_200_is_the_file(status: int, server: Receiver) -> None:
    server.say(Answer(status, body=b"" if status in {204, 304} else b"file"))
    with pytest.raises(http.Unreachable, match=f"It answered {status}"):
        get(server.url)


def test_a_file_of_just_the_limit_is_taken_and_one_byte_more_is_not(server: Receiver) -> None:
    server.say(Answer(body=b"x" * 1024), Answer(body=b"x" * 1025))
    assert len(get(server.url)) == 1024
    with pytest.raises(http.TooLarge, match="1,024"):
        get(server.url)


def test_a_file_that_announces_too_much_is_not_read() -> None:
    sent: list[int] = []

    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n")
        connection.settimeout(5)
        sent.append(len(connection.recv(1)))

    with raw_server(serve) as port, pytest.raises(http.TooLarge):
        get(f"http://127.0.0.1:{port}/")
    assert sent == [0]


def test_an_endless_file_is_cut_off_at_the_limit() -> None:
    sent = [0]

    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while sent[0] < 500_000_000:
                connection.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
                sent[0] += 65_536
        except OSError:
            pass

    with raw_server(serve) as port, pytest.raises(http.TooLarge):
        get(f"http://127.0.0.1:{port}/", max_bytes=200_000)
    assert sent[0] < 50_000_000


def test_an_unwanted_file_is_given_up_after_its_first_bytes() -> None:
    """A gigabyte of something else costs a few kilobytes."""
    sent = [0]

    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while sent[0] < 500_000_000:
                connection.sendall(b"<" * 65_536)
                sent[0] += 65_536
        except OSError:
            pass

    with raw_server(serve) as port, pytest.raises(http.Unwanted):
        get(f"http://127.0.0.1:{port}/", max_bytes=10**9, wanted=lambda first: first.startswith(PNG))
    assert sent[0] < 50_000_000


@pytest.mark.parametrize("length", [9, 4095, 4096, 4097, 70_000])
def test_the_first_bytes_are_judged_once_whatever_the_length(length: int, server: Receiver) -> None:
    asked: list[bytes] = []

    def wanted(first: bytes) -> bool:
        asked.append(first)
        return first.startswith(PNG)

    server.say(Answer(body=PNG.ljust(length, b"x")))
    assert len(get(server.url, max_bytes=100_000, wanted=wanted)) == length
    assert [len(first) for first in asked] == [min(length, 4096)]


def test_an_empty_file_is_unwanted(server: Receiver) -> None:
    with pytest.raises(http.Unwanted):
        get(server.url)


def test_redirects_share_one_time_limit(server: Receiver) -> None:
    def slow(_: object) -> Answer:
        time.sleep(0.25)
        return redirect("/next")

    server.answer = slow
    started = time.monotonic()
    with pytest.raises(http.Unreachable, match="in time"):
        get(server.url, timeout=0.6)
    assert time.monotonic() - started < 2
    assert len(server.received) == 3


def test_no_address_of_the_way_is_told_to_the_next(server: Receiver) -> None:
    """No Referer, no cookie, no authorisation: a URL may hold a token of its owner's."""
    server.say(
        Answer(302, headers={"Location": "/next", "Set-Cookie": "a=b", "WWW-Authenticate": "Basic"}), Answer(body=b"x")
    )
    get(f"{server.url}/?token=secret")
    names = set(server.received[1].headers)
    assert names == {"host", "user-agent", "accept", "accept-encoding", "connection"}
