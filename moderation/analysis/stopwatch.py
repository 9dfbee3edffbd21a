"""Where the time of a batch goes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from foundation import metrics


class Stopwatch:
    """Collects the seconds of each stage of one batch, and tells the metrics."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - started)

    def add(self, name: str, seconds: float) -> None:
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds
        metrics.STAGE.labels(name).observe(seconds)

    def rounded(self) -> dict[str, float]:
        return {name: round(seconds, 4) for name, seconds in self.seconds.items()}
