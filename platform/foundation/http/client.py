"""Ask an address that somebody else chose."""

import logging
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import httpcore
import httpx

from foundation.http.addresses import Guard
from foundation.http.errors import Unreachable
from foundation.http.network import Deadline, GuardedBackend, Resolver, system_resolver
from foundation.http.urls import check

OURS = {"User-Agent": "Assay/1", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
# httpx reads where a redirect leads before it is asked to, and raises InvalidURL.
BROKEN = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
)

# A URL may hold a token of its owner's: it stays out of the logs.
for name in ("httpx", "httpcore"):
    logging.getLogger(name).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Reply:
    """An answer; ``truncated`` when its body was longer than what was read of it."""

    status: int
    headers: httpx.Headers
    body: bytes
    truncated: bool


class Client:
    """Reaches public addresses and the networks in ``allowed`` (CIDR), nothing else. Safe to share between threads."""

    def __init__(
        self, allowed: Iterable[str] = (), resolve: Resolver = system_resolver, tls: ssl.SSLContext | None = None
    ) -> None:
        self._guard = Guard.allowing(allowed)
        self._resolve = resolve
        self._tls = tls

    def send(
        self,
        method: str,
        url: str,
        *,
        timeout: float,
        max_bytes: int,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
    ) -> Reply:
        """Send one request and return the answer, whatever its status; redirects are answers too.

        Args:
            timeout: seconds for the whole exchange: look-up, connection, request and answer.
            max_bytes: how much of the answer's body to read; the connection is closed after it.

        Raises:
            Forbidden: the URL, or an address that its name resolves to, is not allowed; nothing was sent.
            Unreachable: no complete answer came in time.
        """
        with self.stream(method, url, Deadline(timeout), headers, content) as response:
            return _read(response, max_bytes)

    @contextmanager
    def stream(
        self,
        method: str,
        url: str,
        deadline: Deadline,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
    ) -> Iterator[httpx.Response]:
        """Send one request and hand out the answer, whose raw body is still to be read; raises as :meth:`send` does."""
        target = check(url, self._guard)
        transport = _Transport(GuardedBackend(self._guard, self._resolve, deadline), self._tls)
        try:
            with (
                httpx.Client(transport=transport, trust_env=False, headers=OURS) as client,
                client.stream(method, target, headers=headers, content=content) as response,
            ):
                yield response
        except BROKEN as error:
            raise Unreachable(_sentence(error)) from error


class _Transport(httpx.BaseTransport):
    """A connection of its own for every request, so that none is reused under another name."""

    def __init__(self, backend: httpcore.NetworkBackend, tls: ssl.SSLContext | None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls or _trusted(), max_connections=1, max_keepalive_connections=0, network_backend=backend
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        content = request.read()
        answer = self._pool.handle_request(
            httpcore.Request(request.method, url, headers=request.headers.raw, content=content)
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@cache
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _read(response: httpx.Response, max_bytes: int) -> Reply:
    """Read the raw body: compressed content stays compressed, so that it cannot grow."""
    body = bytearray()
    for piece in response.iter_raw():
        body += piece
        if len(body) > max_bytes:
            break
    return Reply(response.status_code, response.headers, bytes(body[:max_bytes]), truncated=len(body) > max_bytes)


def _sentence(error: Exception) -> str:
    if isinstance(error, httpcore.TimeoutException):
        return "It did not answer in time."
    if isinstance(error, httpcore.ConnectError):
        return f"No connection could be made: {error}."
    return f"The connection broke before the answer was complete: {str(error).rstrip('.') or type(error).__name__}."
