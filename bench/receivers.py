"""Fifty webhook receivers in one thread: some answer at once, the others never."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

ANSWER = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


@dataclass
class Receivers:
    """Where they listen, and what came: webhook id to the times (Unix seconds) at which it did."""

    address: str
    hanging: frozenset[int]
    arrivals: dict[str, list[float]] = field(default_factory=dict)

    def url(self, number: int) -> str:
        return f"{self.address}/{number}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            number, headers = _read(head)
            await reader.readexactly(int(headers["content-length"]))
            self.arrivals.setdefault(headers["webhook-id"], []).append(time.time())
            if number in self.hanging:
                await reader.read()
                return
            writer.write(ANSWER)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def _read(head: str) -> tuple[int, dict[str, str]]:
    first, *rest = head.rstrip().split("\r\n")
    headers = dict(line.split(": ", 1) for line in rest)
    return int(first.split(" ")[1].strip("/")), {name.lower(): value for name, value in headers.items()}


async def _finish() -> None:
    """End the connections that are still held."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def listening(hanging: frozenset[int]) -> Iterator[Receivers]:
    """Listen on a free port of loopback until the block ends."""
    loop = asyncio.new_event_loop()
    receivers = Receivers("", hanging)
    server = loop.run_until_complete(asyncio.start_server(receivers.serve, "127.0.0.1", 0, backlog=1024))
    receivers.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    thread = threading.Thread(target=loop.run_forever, name="receivers", daemon=True)
    thread.start()
    try:
        yield receivers
    finally:
        asyncio.run_coroutine_threadsafe(_finish(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
