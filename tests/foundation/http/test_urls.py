"""What is refused before anything is looked up or sent."""

import pytest

from foundation import http
from tests.foundation.http.helpers import LOOPBACK, fetch, resolver
from tests.webhooks.receiver import Receiver


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/",
        "http://017700000001/", "http://0177.0.0.01/", "http://127.0.0.1./", "http://127。0。0。1/", "http://0/",
        "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
        "http://[0:0:0:0:0:ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
        "http://169.254.169.254/latest/meta-data/", "http://0xa9fea9fe/", "http://2852039166/", "http://10.0.0.1:8080/",
        "http://[fd00:ec2::254]/", "http://[fe80::1]/", "http://[fe80::1%25lo]/", "http://[fe80::1%lo]/",
        "http://localhost/", "http://LOCALHOST:80/", "http://localhost./", "http://a.localhost/", "https://100.64.0.1/",
        "http://255.255.255.255/", "http://224.0.0.1/", "http://168.63.129.16/",
    ],
)  # fmt: skip
def test_a_forbidden_address_is_refused_without_a_look_up_or_a_packet(url: str, packets: list[object]) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["8.8.8.8"]

    with pytest.raises(http.Forbidden):
        fetch(http.Client(resolve=resolve), url)
    assert packets == []
    assert asked == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "gopher://hooks.example/",
        "javascript:alert(1)",
        "//hooks.example/",
        "hooks.example",
        "",
        "http://",
        "http:///path",
        "http:hooks.example",
    ],
)
def test_only_http_and_https_are_asked(url: str, packets: list[object]) -> None:
    with pytest.raises(http.Forbidden, match="Only http and https"):
        fetch(http.Client(LOOPBACK, resolver(["127.0.0.1"])), url)
    assert packets == []


@pytest.mark.parametrize("url", ["http://user:secret@hooks.example/", "http://user@hooks.example/", "http://a\\@b/"])
def test_credentials_in_the_address_are_refused_and_not_repeated(url: str, packets: list[object]) -> None:
    with pytest.raises(http.Forbidden, match="must not hold") as refused:
        fetch(http.Client(LOOPBACK, resolver(["127.0.0.1"])), url)
    assert "secret" not in str(refused.value)
    assert packets == []


@pytest.mark.parametrize(
    "url",
    [
        "http://a b/",
        "http://hooks.example\n/",
        "http://127%2e0.0.1/",
        "http://１２７.0.0.1/",
        "http://hooks.example:0/",
        "http://hooks.example:99999/",
        "http://hooks.example:port/",
        "http://[::1/",
        "http://hooks.example\x00/",
    ],
)
def test_a_malformed_address_is_refused(url: str, packets: list[object]) -> None:
    with pytest.raises(http.Forbidden, match="not a valid address"):
        fetch(http.Client(LOOPBACK, resolver(["127.0.0.1"])), url)
    assert packets == []


def test_an_address_has_at_most_2048_characters(server: Receiver) -> None:
    client = http.Client(LOOPBACK)
    longest = f"{server.url}/".ljust(2048, "a")
    assert fetch(client, longest).status == 200
    with pytest.raises(http.Forbidden, match="2,048"):
        fetch(client, longest + "a")
    assert len(server.received) == 1
