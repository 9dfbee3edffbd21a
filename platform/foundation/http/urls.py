"""What can be said of a URL before anything is looked up or sent."""

import re
from ipaddress import IPv4Address

import httpx
from django.utils.translation import gettext as _

from foundation.http.addresses import Address, Guard, literal
from foundation.http.errors import Forbidden

MAX_URL = 2048
HOST = re.compile(r"[a-z0-9._:-]+")
LOOPBACK = IPv4Address("127.0.0.1")


def check(url: str, guard: Guard) -> httpx.URL:
    """Return the parsed URL.

    Raises:
        Forbidden: it is too long, no http or https address, holds credentials, or spells an address that ``guard``
            does not permit. A name is judged later, by what it resolves to.
    """
    if len(url) > MAX_URL:
        raise Forbidden(_("An address has at most %(number)s characters.") % {"number": f"{MAX_URL:,}"})
    parsed = _parse(url)
    if parsed.scheme not in {"http", "https"} or not parsed.raw_host:
        raise Forbidden(_("Only http and https addresses are allowed."))
    if not HOST.fullmatch(host_of(parsed)) or not 0 < _port(parsed) < 65_536:
        raise Forbidden(_("This is not a valid address."))
    if parsed.userinfo:
        raise Forbidden(_("An address must not hold a user name or a password."))
    spelled = spelled_by(host_of(parsed))
    if spelled is not None and not guard.permits(spelled):
        raise Forbidden(_("Private, local and reserved addresses are not allowed."))
    return parsed


def host_of(url: httpx.URL) -> str:
    """Return the host as it is asked for: ASCII, lower case, without brackets."""
    return url.raw_host.decode("ascii").lower().strip("[]")


def spelled_by(host: str) -> Address | None:
    """Return the address that ``host`` is without a look-up; ``localhost`` and all below it is loopback (RFC 6761)."""
    name = host.removesuffix(".")
    return LOOPBACK if name == "localhost" or name.endswith(".localhost") else literal(host)


def _port(url: httpx.URL) -> int:
    return 80 if url.port is None else url.port


def _parse(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise Forbidden(_("This is not a valid address.")) from error
