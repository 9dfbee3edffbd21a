"""Get a file from an address that somebody else chose."""

from collections.abc import Callable

import httpx

from foundation.http.client import Client
from foundation.http.errors import Forbidden, TooLarge, Unreachable, Unwanted
from foundation.http.network import Deadline

MAX_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
FIRST = 4096


def download(
    client: Client, url: str, *, timeout: float, max_bytes: int, wanted: Callable[[bytes], bool] = bool
) -> bytes:
    """Return the file at ``url``, over at most three redirects, each judged as the first address is.

    Args:
        timeout: seconds for all of it, redirects too.
        max_bytes: the most that the file may have; no more is read.
        wanted: says of the first bytes (4,096, or all of a smaller file) whether to read on; unless given, an empty
            file is refused.

    Raises:
        Forbidden: an address on the way is not allowed; nothing was sent to it.
        Unreachable: there was no complete answer with status 200 in time.
        TooLarge: it has more than ``max_bytes``.
        Unwanted: ``wanted`` said no.
    """
    deadline = Deadline(timeout)
    for _ in range(MAX_REDIRECTS + 1):
        with client.stream("GET", url, deadline) as response:
            if response.status_code not in REDIRECTS:
                return _body(response, max_bytes, wanted)
            url = _target(response, url)
    raise Unreachable(f"It redirects more than {MAX_REDIRECTS} times.")


def _target(response: httpx.Response, url: str) -> str:
    location = response.headers.get("location")
    if not location:
        raise Unreachable(f"It answered {response.status_code} without saying where to go.")
    try:
        return str(httpx.URL(url).join(location))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise Forbidden("It redirects to what is not a valid address.") from error


def _body(response: httpx.Response, max_bytes: int, wanted: Callable[[bytes], bool]) -> bytes:
    if response.status_code != httpx.codes.OK:
        raise Unreachable(f"It answered {response.status_code}.")
    if _announced(response) > max_bytes:
        raise TooLarge(f"The file is larger than {max_bytes:,} bytes.")
    body, judged = bytearray(), False
    for piece in response.iter_raw():
        body += piece
        if len(body) > max_bytes:
            raise TooLarge(f"The file is larger than {max_bytes:,} bytes.")
        if not judged and len(body) >= FIRST:
            judged = _judge(body, wanted)
    if not judged:
        _judge(body, wanted)
    return bytes(body)


def _announced(response: httpx.Response) -> int:
    """Return the length that the answer announces; h11 has refused what is no number."""
    return int(response.headers.get("content-length", 0))


def _judge(body: bytearray, wanted: Callable[[bytes], bool]) -> bool:
    if not wanted(bytes(body[:FIRST])):
        raise Unwanted("What lies at this address is not what was looked for.")
    return True
