"""Which addresses are public, and what other spellings of them mean."""

from ipaddress import ip_address

import pytest

from foundation.http.addresses import Guard, is_public, literal


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "100.127.255.255", "127.0.0.1",
        "127.255.0.9",
        "168.63.129.16", "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1",
        "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1",
        "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe",
        "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1", "64:ff9b:1::8.8.8.8",
        "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:20::1",
        "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:808:808::1", "2a00:1450::5efe:127.0.0.1",
        "2a00:1450::200:5efe:10.0.0.1", "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1",
        "fe80::1%lo", "fec0::1", "ff02::1", "ff0e::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not Guard().permits(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.0",
        "172.32.0.1",
        "172.15.255.255",
        "223.255.255.255",
        "168.63.129.17",
        "192.0.1.1",
        "2001:4860:4860::8888",
        "2606:4700::1111",
        "2a00:1450::1",
        "64:ff9b::8.8.8.8",
        "::ffff:8.8.8.8",
    ],
)
def test_a_public_address_is_permitted(address: str) -> None:
    assert Guard().permits(ip_address(address))


def test_an_allowed_network_permits_itself_and_nothing_beside_it() -> None:
    guard = Guard.allowing(["127.0.0.0/8", "::1/128"])
    assert guard.permits(ip_address("127.0.0.1"))
    assert guard.permits(ip_address("127.9.9.9"))
    assert guard.permits(ip_address("::1"))
    assert guard.permits(ip_address("::ffff:127.0.0.1"))
    assert not guard.permits(ip_address("::2"))
    assert not guard.permits(ip_address("10.0.0.1"))
    assert not guard.permits(ip_address("169.254.169.254"))
    assert not guard.permits(ip_address("2002:7f00:1::"))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0X7F.0.0.1",
        "0x7f.1",
        "017700000001",
        "0177.0.0.1",
        "0177.0x0.0.01",
        "127.0.0.1.",
    ],
)
def test_every_spelling_of_loopback_means_loopback(host: str) -> None:
    assert literal(host) == ip_address("127.0.0.1")


@pytest.mark.parametrize("host", ["example.com", "dead.beef", "127.0.0.256", "1.2.3.4.5", "08.8.8.8", "0x", "", "a"])
def test_a_name_is_no_address(host: str) -> None:
    assert literal(host) is None


def test_public_means_public_whatever_is_allowed() -> None:
    assert is_public(ip_address("8.8.8.8"))
    assert not is_public(ip_address("10.0.0.1"))
