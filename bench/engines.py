"""Images per second of every bundle on every engine, beside plain eager PyTorch: ``python -m bench.engines``.

Each engine has a process of its own, since waiting threads of one would slow down another. They take turns, batch by
batch, so that a machine whose speed drifts is as slow for one as for the other.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import torch

from bench.engine_process import EAGER, LARGE
from detector import bundles
from detector.engines import NAMES, onnx_runtime

SHARES = {1: 0.15, 8: 0.3, 32: 0.55}  # batch size -> its share of a bundle's time
ROUNDS = 5
SECONDS = 150.0
GOAL_EAGER = 2.0
GOAL_BATCHING = 3.3
Round = dict[str, dict[str, float]]  # engine -> seconds by what was timed


@dataclass(frozen=True)
class Row:
    """Medians of one bundle on one engine: images per second, milliseconds of processors for one image, and how many
    times eager's rate and how many times less processor time, paired by rounds."""

    bundle: str
    engine: str
    batch: int
    alone: float
    maps: float
    processor_ms: float
    times_eager: float
    times_less: float


class Process:
    """A running `bench.engine_process`."""

    def __init__(self, engine: str) -> None:
        command = [sys.executable, "-m", "bench.engine_process", engine]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def seconds(self, bundle: str, batch: int) -> dict[str, float]:
        """Return the seconds of one batch, alone and with maps, and what the processors spent on the first.

        Raises:
            RuntimeError: the process ended; it has said why on stderr.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"bundle": bundle, "batch": batch}) + "\n")
        self._process.stdin.flush()
        if not (line := self._process.stdout.readline()):
            raise RuntimeError(f"an engine's process ended with status {self._process.wait()}")
        found: dict[str, float] = json.loads(line)
        return found

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def measure() -> list[Row]:
    """Return the rows of every bundle, engine and batch size, in about two and a half minutes."""
    names = [*bundles.shipped_names(), LARGE]
    each = SECONDS / len(names)
    with processes([EAGER, *installed()]) as running:
        return [row for name in names for batch in SHARES for row in cell(running, name, batch, each * SHARES[batch])]


def installed() -> list[str]:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return [name for name in NAMES if name != onnx_runtime.NAME or onnx_runtime.why_not(device) is None]


@contextmanager
def processes(engines: Sequence[str]) -> Iterator[dict[str, Process]]:
    with ExitStack() as stack:
        running = {engine: Process(engine) for engine in engines}
        for process in running.values():
            stack.callback(process.stop)
        yield running


def cell(running: dict[str, Process], bundle: str, batch: int, share: float) -> list[Row]:
    """Measure one bundle at one batch size: rounds while time is left, the first not counted unless it took all."""
    rounds: list[Round] = []
    began = time.monotonic()
    while len(rounds) <= ROUNDS and time.monotonic() - began < share:
        rounds.append({engine: process.seconds(bundle, batch) for engine, process in running.items()})
    return [row_of(bundle, engine, batch, rounds[1:] or rounds) for engine in running]


def row_of(bundle: str, engine: str, batch: int, rounds: list[Round]) -> Row:
    return Row(
        bundle,
        engine,
        batch,
        alone=batch / statistics.median(one[engine]["alone"] for one in rounds),
        maps=batch / statistics.median(one[engine]["maps"] for one in rounds),
        processor_ms=1000 / batch * statistics.median(one[engine]["processor"] for one in rounds),
        times_eager=statistics.median(one[EAGER]["alone"] / one[engine]["alone"] for one in rounds),
        times_less=statistics.median(one[EAGER]["processor"] / one[engine]["processor"] for one in rounds),
    )


def lines(rows: Sequence[Row]) -> list[str]:
    return [
        "## Networks by engine",
        "",
        "Each shipped bundle, and the 17.6-million-parameter CNN (`villarreal`, random weights), on each engine in a",
        f"process of its own; they take turns; medians of up to {ROUNDS} rounds. `eager` is PyTorch as it loads.",
        "Processor time is what all cores spent, and says more than the clock where other programs want them.",
        f"Goal: `villarreal` runs at least {GOAL_EAGER:g} times as fast as eager on a CPU.",
        "",
        "| bundle | engine | batch | images/s alone | images/s with maps | times eager | processor ms per image |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {row.bundle} | {row.engine} | {row.batch} | {row.alone:.1f} | {row.maps:.1f} | {row.times_eager:.2f} "
            f"| {row.processor_ms:.1f} |"
            for row in rows
        ),
        "",
        *goals(rows),
    ]


def goals(rows: Sequence[Row]) -> list[str]:
    large = [row for row in rows if row.bundle == LARGE and row.engine != EAGER]
    best = {batch: max((row for row in large if row.batch == batch), key=lambda row: row.alone) for batch in SHARES}
    told = [
        f"{row.times_eager:.2f} by the clock, {row.times_less:.2f} by processor time ({row.engine}, batch {batch})"
        for batch, row in best.items()
    ]
    return [f"`villarreal` on its fastest engine, times eager: {'; '.join(told)}.", "", batching(large)]


def batching(large: Sequence[Row]) -> str:
    if not torch.cuda.is_available():
        return "There is no CUDA device here: what batching gains on one was not measured."
    rates = {row.batch: row.alone for row in large if row.engine == "torch"}
    gain = rates[max(SHARES)] / rates[1]
    return f"On the GPU a batch of {max(SHARES)} runs {gain:.1f} times as fast as one by one (goal {GOAL_BATCHING:g})."


if __name__ == "__main__":
    print("\n".join(lines(measure())))
