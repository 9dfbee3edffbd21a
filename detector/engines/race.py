"""Which of several ways of doing the same is the fastest here, in a fraction of a second."""

import statistics
import time
from collections.abc import Callable, Mapping

ROUNDS = 5
BUDGET = 0.3
_PAUSE = 0.02  # OpenMP's threads wait by spinning for some milliseconds after their work, and would slow down the next


def medians(runs: Mapping[str, Callable[[], object]], budget: float = BUDGET) -> dict[str, float]:
    """Median seconds of each run, all taken in turn: five rounds, or as many as begin within `budget` seconds.

    The first of each is not counted, since a network's first run prepares what later ones reuse; but one that takes
    longer than the whole budget is all that is done of it.
    """
    first = {name: _seconds(run) for name, run in runs.items()}
    taken: dict[str, list[float]] = {name: [] for name, seconds in first.items() if seconds <= budget}
    began = time.perf_counter()
    for _ in range(ROUNDS if taken else 0):
        for name, seconds in taken.items():
            seconds.append(_seconds(runs[name]))
        if time.perf_counter() - began > budget:
            break
    return first | {name: statistics.median(seconds) for name, seconds in taken.items()}


def _seconds(run: Callable[[], object]) -> float:
    time.sleep(_PAUSE)
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
