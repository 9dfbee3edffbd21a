"""Which IP addresses are public, and what an address means that is written in another form.

Sources: IANA's IPv4 and IPv6 special-purpose address registries; RFC 4291 (mapped), RFC 6052 (NAT64), RFC 7526
(6to4 is history), RFC 5214 (ISATAP).
"""

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

FORBIDDEN_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network, unspecified
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; one cloud's metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # one cloud's host agent, in public space
        "169.254.0.0/16",  # link-local; most clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
PUBLIC_V6 = IPv6Network("2000::/3")
FORBIDDEN_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any IPv4 address
        "3fff::/20",  # documentation
    )
)
NAT64 = IPv6Network("64:ff9b::/96")
ISATAP = 0x5EFE
_NUMERIC = re.compile(r"[0-9a-fx.]+", re.IGNORECASE)


@dataclass(frozen=True)
class Guard:
    """What may be reached: public addresses, and the private networks that the operator allows."""

    allowed: tuple[Network, ...] = ()

    @classmethod
    def allowing(cls, networks: Iterable[str]) -> "Guard":
        """Return a guard that also permits ``networks`` (CIDR); raises ValueError for what is none."""
        return cls(tuple(ip_network(network) for network in networks))

    def permits(self, address: Address) -> bool:
        meant = meaning(address)
        return is_public(meant) or any(meant in network for network in self.allowed)


def meaning(address: Address) -> Address:
    """Return the IPv4 address that a mapped or NAT64 address stands for, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address


def is_public(address: Address) -> bool:
    """Say whether packets to ``address`` leave for the public internet, whatever the local routes."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in FORBIDDEN_V4)
    refused = any(address in network for network in FORBIDDEN_V6)
    return address in PUBLIC_V6 and not refused and not _is_isatap(address)


def literal(host: str) -> Address | None:
    """Return the address that ``host`` spells, None for a name.

    Dotted, shortened, decimal, octal and hexadecimal IPv4 count, as the system's resolver reads them, and IPv6.
    """
    bare = host.removesuffix(".")
    try:
        return ip_address(bare)
    except ValueError:
        pass
    if not _NUMERIC.fullmatch(bare):
        return None
    try:
        return IPv4Address(socket.inet_aton(bare))
    except OSError:
        return None


def _is_isatap(address: IPv6Address) -> bool:
    return (int(address) >> 32) & 0xFDFF_FFFF == ISATAP
