"""Wait for news of an object without asking for it: PostgreSQL's LISTEN and NOTIFY.

A process has one connection that listens, opened by the first who waits and closed some seconds after the last. A
wake-up says only "look again": one too many costs a query, and one too few no more than the time that was to be waited.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.db import connection

log = structlog.get_logger(__name__)
CHANNEL = "assay"
IDLE = 5.0  # seconds that the connection stays open though nobody waits
PAUSE = 0.5  # seconds before another try where the database does not answer


def notify(identifier: str) -> None:
    """Wake whoever waits for the object, in every process, when the caller's transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, identifier])


class Listener:
    """Wakes the threads of this process; ``places`` bounds how many wait at a time."""

    def __init__(self, places: int) -> None:
        self.lock = threading.Lock()
        self.free = threading.BoundedSemaphore(places)
        self.waiting: dict[str, set[threading.Event]] = {}
        self.listening = threading.Event()
        self.thread: threading.Thread | None = None

    def wait(self, identifier: str, seconds: float, condition: Callable[[], bool]) -> bool:
        """Wait until ``condition`` holds, at most ``seconds``; return False at once where no place is free.

        The condition is looked at now, at every wake-up and once at the end. The caller's database connection is given
        back meanwhile, unless it is in a transaction.
        """
        if not self.free.acquire(blocking=False):
            return False
        try:
            with self._registered(identifier) as woken:
                _look_until(time.monotonic() + seconds, woken, condition)
        finally:
            self.free.release()
        return True

    @contextmanager
    def _registered(self, identifier: str) -> Iterator[threading.Event]:
        """Register before the condition is looked at: what happens between is a wake-up, and not lost."""
        woken = threading.Event()
        with self.lock:
            self.waiting.setdefault(identifier, set()).add(woken)
            if self.thread is None:
                self.thread = threading.Thread(target=self._listen, args=[parameters()], name="listener", daemon=True)
                self.thread.start()
        try:
            self.listening.wait(PAUSE)
            yield woken
        finally:
            with self.lock:
                self.waiting[identifier].discard(woken)
                if not self.waiting[identifier]:
                    del self.waiting[identifier]

    def _listen(self, given: dict[str, Any]) -> None:
        while not self._ended():
            try:
                with psycopg.connect(**given, autocommit=True, application_name="assay-listener") as open_connection:
                    self._hear(open_connection)
            except psycopg.Error as error:
                log.warning("listener_lost", kind=type(error).__name__)
                time.sleep(PAUSE)
            finally:
                self.listening.clear()

    def _hear(self, open_connection: psycopg.Connection[Any]) -> None:
        open_connection.execute(f"LISTEN {CHANNEL}")
        self.listening.set()
        self._wake(lambda _: True)
        while self.waiting:
            for note in open_connection.notifies(timeout=IDLE):
                self._wake(note.payload.__eq__)

    def _wake(self, is_meant: Callable[[str], bool]) -> None:
        with self.lock:
            for woken in [one for name, some in self.waiting.items() if is_meant(name) for one in some]:
                woken.set()

    def _ended(self) -> bool:
        """End the thread where nobody waits; whoever comes next starts another."""
        with self.lock:
            if self.waiting:
                return False
            self.thread = None
            return True


def _look_until(deadline: float, woken: threading.Event, condition: Callable[[], bool]) -> None:
    while not condition():
        left = deadline - time.monotonic()
        if left <= 0:
            return
        if not connection.in_atomic_block:
            connection.close()
        woken.wait(left)
        woken.clear()


def parameters() -> dict[str, Any]:
    """Return how to connect past a pooler, which would hand the listener's connection to others."""
    if settings.DIRECT_DATABASE_URL:
        return {"conninfo": settings.DIRECT_DATABASE_URL}
    own = connection.get_connection_params()
    return {name: value for name, value in own.items() if name not in {"cursor_factory", "context"}}


listener = Listener(settings.OPEN_WAITS)
