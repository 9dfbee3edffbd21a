"""Count what happens in windows of time, together with every other process, in Redis.

A limit that cannot be counted must cost the caller nothing: while Redis does not answer nobody is refused, and it is
not asked again for some seconds.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from foundation.embedded import client_url

log = structlog.get_logger(__name__)
PATIENCE = 0.25  # seconds for each answer of Redis
PAUSE = 5.0  # seconds without asking after a failure
PREFIX = "assay:window:"


@dataclass(frozen=True)
class Window:
    """``quota`` calls within ``seconds``, counted under ``name`` from the first of them on."""

    name: str
    quota: int
    seconds: int


@dataclass(frozen=True)
class Count:
    """How often a window was used, this time included, and in how many milliseconds it starts anew."""

    used: int
    milliseconds: int


class Counter:
    """What counts; the connections of a process are opened when it first does."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.client: redis.Redis | None = None
        self.asleep_until = 0.0

    def take(self, windows: Sequence[Window]) -> list[Count]:
        """Count one use of each window; a window that cannot be counted stands as used once."""
        if time.monotonic() >= self.asleep_until:
            try:
                return self._take(windows)
            except (redis.RedisError, OSError, ValueError) as error:
                self.asleep_until = time.monotonic() + PAUSE
                log.warning("windows_not_counted", kind=type(error).__name__)
        return [Count(1, window.seconds * 1000) for window in windows]

    def _take(self, windows: Sequence[Window]) -> list[Count]:
        pipeline = self._connected().pipeline(transaction=True)
        for window in windows:
            pipeline.set(PREFIX + window.name, 0, ex=window.seconds, nx=True)
            pipeline.incr(PREFIX + window.name)
            pipeline.pttl(PREFIX + window.name)
        found = pipeline.execute()
        return [Count(int(found[at + 1]), max(0, int(found[at + 2]))) for at in range(0, len(found), 3)]

    def _connected(self) -> redis.Redis:
        with self.lock:
            if self.client is None:
                self.client = redis.Redis.from_url(
                    client_url(settings.REDIS_URL),
                    socket_timeout=PATIENCE,
                    socket_connect_timeout=PATIENCE,
                    retry=Retry(NoBackoff(), 0),
                )
            return self.client


counter = Counter()
