"""Names: every answer of the resolver is judged, and the judged address is the one connected to."""

import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from foundation import http
from foundation.http.network import system_resolver
from tests.foundation.http.helpers import LOOPBACK, fetch, raw_server, resolver
from tests.webhooks.receiver import Receiver

TLS = Path(__file__).with_name("tls")


def test_a_network_that_is_none_is_an_error_at_once() -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        http.Client(["loopback"])


@pytest.mark.parametrize("answer", ["10.0.0.1", "127.0.0.1", "::1", "::ffff:10.0.0.1", "169.254.169.254", "fe80::1%lo"])
def test_a_name_that_leads_to_a_private_address_is_refused(answer: str, packets: list[object]) -> None:
    with pytest.raises(http.Forbidden, match="leads to a private"):
        fetch(http.Client(resolve=resolver([answer])), "http://hooks.example/")
    assert packets == []


def test_one_private_address_among_public_ones_spoils_the_name(packets: list[object]) -> None:
    with pytest.raises(http.Forbidden):
        fetch(http.Client(resolve=resolver(["8.8.8.8", "10.0.0.1"])), "http://hooks.example/")
    assert packets == []


def test_a_resolver_that_changes_its_mind_is_asked_once_per_request(server: Receiver, packets: list[object]) -> None:
    """The second answer, which a client that resolves again to connect would use, is never fetched."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    client = http.Client(LOOPBACK, rebinding)
    url = server.url.replace("127.0.0.1", "hooks.example")
    assert fetch(client, url).status == 200
    assert (asked, packets) == (["hooks.example"], ["127.0.0.1"])
    with pytest.raises(http.Forbidden):
        fetch(client, url)
    assert (asked, packets) == (["hooks.example"] * 2, ["127.0.0.1"])


def test_the_host_header_stays_the_name(server: Receiver) -> None:
    port = server.url.rpartition(":")[2]
    fetch(http.Client(LOOPBACK, resolver(["127.0.0.1"])), f"http://Hooks.example:{port}/in?a=1")
    assert server.received[0].headers["host"] == f"hooks.example:{port}"
    assert server.received[0].path == "/in?a=1"


def test_the_next_address_is_tried_when_one_refuses_the_connection(server: Receiver, packets: list[object]) -> None:
    port = server.url.rpartition(":")[2]
    reply = fetch(http.Client(LOOPBACK, resolver(["127.0.0.2", "127.0.0.1"])), f"http://hooks.example:{port}/")
    assert reply.status == 200
    assert packets == ["127.0.0.2", "127.0.0.1"]


def test_a_name_without_an_address_is_unreachable() -> None:
    with pytest.raises(http.Unreachable, match="no address"):
        fetch(http.Client(resolve=resolver([])), "http://hooks.example/")


@pytest.mark.parametrize("error", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")])
def test_a_name_that_does_not_resolve_is_unreachable(error: Exception) -> None:
    def failing(host: str, port: int) -> list[str]:
        raise error

    with pytest.raises(http.Unreachable, match="could not be resolved"):
        fetch(http.Client(resolve=failing), "http://hooks.example/")


def test_a_look_up_that_hangs_is_over_in_time() -> None:
    release = threading.Event()

    def hanging(host: str, port: int) -> list[str]:
        release.wait(10)
        return ["127.0.0.1"]

    started = time.monotonic()
    with pytest.raises(http.Unreachable, match="looked up in time"):
        fetch(http.Client(LOOPBACK, hanging), "http://hooks.example/", timeout=0.3)
    assert time.monotonic() - started < 2
    release.set()


def test_the_systems_resolver_reads_addresses_without_asking_anybody() -> None:
    assert system_resolver("127.0.0.1", 80) == ["127.0.0.1"]
    assert system_resolver("::1", 80) == ["::1"]


def test_the_name_is_what_the_certificate_must_bear_and_what_sni_says() -> None:
    seen: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
    context.set_servername_callback(lambda _, name, __: seen.append(name))

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(4096)
            secured.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    trusting = ssl.create_default_context(cafile=str(TLS / "certificate.pem"))
    with raw_server(serve) as port:
        client = http.Client(LOOPBACK, resolver(["127.0.0.1"]), tls=trusting)
        assert fetch(client, f"https://hooks.example:{port}/").status == 204
    assert seen == ["hooks.example"]


@pytest.mark.parametrize("name", ["other.example", "127.0.0.1"])
def test_a_certificate_of_another_name_is_refused(name: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
    requests: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        try:
            with context.wrap_socket(connection, server_side=True) as secured:
                requests.append(secured.recv(4096))
        except OSError:
            pass

    trusting = ssl.create_default_context(cafile=str(TLS / "certificate.pem"))
    with raw_server(serve) as port, pytest.raises(http.Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(http.Client(LOOPBACK, resolver(["127.0.0.1"]), tls=trusting), f"https://{name}:{port}/")
    assert requests in ([], [b""])
