"""A real HTTP server on loopback that answers as it is told and remembers what it was sent."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0.0


class Receiver:
    """``answer`` decides what to say to each request; ``received`` is everything that came."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.received: list[Received] = []
        self.answer: Callable[[Received], Answer] = lambda _: Answer()

    def at(self, path: str) -> list[Received]:
        return [request for request in self.received if request.path == path]

    def say(self, *answers: Answer) -> None:
        """Give ``answers`` in turn, the last one for ever."""
        rest = list(answers)
        self.answer = lambda _: rest.pop(0) if len(rest) > 1 else rest[0]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


@contextmanager
def running() -> Iterator[Receiver]:
    server = Server(("127.0.0.1", 0), BaseHTTPRequestHandler)
    receiver = Receiver(server.server_port)
    server.RequestHandlerClass = _handler(receiver)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _respond(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Received(self.command, self.path, headers, self.rfile.read(length))
            receiver.received.append(request)
            answer = receiver.answer(request)
            time.sleep(answer.pause)
            try:
                self._write(answer)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _write(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_DELETE = _respond  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
