"""A client on a short leash, resolvers that say what they are told, and a server of bare sockets."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from foundation import http

LOOPBACK = ["127.0.0.0/8", "::1/128"]


def resolver(*answers: Sequence[str]) -> Callable[[str, int], Sequence[str]]:
    """Return a resolver that gives ``answers`` in turn, the last one for ever."""
    rest = list(answers)
    return lambda host, port: rest.pop(0) if len(rest) > 1 else rest[0]


def fetch(client: http.Client, url: str, timeout: float = 5.0, max_bytes: int = 1024) -> http.Reply:
    return client.send("GET", url, timeout=timeout, max_bytes=max_bytes)


@contextmanager
def raw_server(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Accept one connection and hand it to ``serve``; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)

        def accept() -> None:
            connection, _ = listener.accept()
            with connection:
                serve(connection)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)
