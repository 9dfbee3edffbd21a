"""Sockets for the hardened client: the address that was checked is the one connected to, and one deadline rules all."""

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from typing import Any

import httpcore

from foundation.http.addresses import Address, Guard, literal
from foundation.http.errors import Forbidden, Unreachable

Resolver = Callable[[str, int], Sequence[str]]
Answer = Sequence[str] | OSError | UnicodeError
MAX_ADDRESSES = 4
SLICE = 16_384


def system_resolver(host: str, port: int) -> list[str]:
    """Return the addresses of ``host`` in order of preference; raises OSError or UnicodeError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Deadline:
    """The moment by which the whole exchange must be over, however slowly it drips."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left, always positive; raises Unreachable when there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise Unreachable("It did not answer in time.")
        return left


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves a name once, judges every address it gave, and connects to one of exactly those."""

    def __init__(self, guard: Guard, resolve: Resolver, deadline: Deadline) -> None:
        self._guard, self._resolve, self._deadline = guard, resolve, deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        del timeout
        failure: Exception = Unreachable("The name has no address.")
        for address in self._addresses(host, port)[:MAX_ADDRESSES]:
            try:
                stream = self._inner.connect_tcp(
                    str(address), port, self._deadline.left(), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return DeadlineStream(stream, self._deadline)
        raise failure

    def _addresses(self, host: str, port: int) -> list[Address]:
        spelled = literal(host)
        addresses = [spelled] if spelled is not None else self._look_up(host, port)
        if not all(self._guard.permits(address) for address in addresses):
            raise Forbidden("The address leads to a private, local or reserved network, which is not allowed.")
        return addresses

    def _look_up(self, host: str, port: int) -> list[Address]:
        """Ask the resolver in a thread of its own, because the system's has no time limit that we could set."""
        answers: queue.Queue[Answer] = queue.Queue(1)
        threading.Thread(target=self._ask, args=(host, port, answers), name="look-up", daemon=True).start()
        try:
            answer = answers.get(timeout=self._deadline.left())
        except queue.Empty as error:
            raise Unreachable("The name could not be looked up in time.") from error
        if isinstance(answer, Exception):
            raise Unreachable("The name could not be resolved.") from answer
        return [ip_address(address) for address in answer]

    def _ask(self, host: str, port: int, answers: "queue.Queue[Answer]") -> None:
        try:
            answers.put(self._resolve(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(error)


class DeadlineStream(httpcore.NetworkStream):
    """A connection whose every step has only what is left of the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        return self._inner.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        for start in range(0, len(buffer), SLICE):
            self._inner.write(buffer[start : start + SLICE], self._deadline.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        del timeout
        secured = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left())
        return DeadlineStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
