"""Accepted submissions per second of one web process, beside decoding and storing the same files in the same run.

``python -m bench.intake`` measures this alone.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from bench import pictures
from bench.house import House, answers, running, until

CLIENTS = 8
FILES = 160
BYTES = 200_000
ROUNDS = 5
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Cost:
    """What a number of files cost: seconds by the clock, and seconds of the processor."""

    files: int
    seconds: float
    processor: float

    @property
    def rate(self) -> float:
        return self.files / self.seconds

    @property
    def milliseconds(self) -> float:
        """Processor time of one file."""
        return self.processor / self.files * 1000


Round = tuple[Cost, Cost]


def measure(house: House, folder: Path) -> list[Round]:
    """Return, for each round, what the files cost bare and as submissions, one after the other."""
    keys = [_key(number) for number in range(CLIENTS)]
    with _one_web_process(house):
        _submissions(house, keys, pictures.weighing(BYTES, CLIENTS, first=ROUNDS * FILES))
        return [_round(house, keys, folder, number) for number in range(ROUNDS)]


def _round(house: House, keys: Sequence[str], folder: Path, number: int) -> Round:
    data = pictures.weighing(BYTES, FILES, first=number * FILES)
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "from").mkdir(parents=True)
    for at, one in enumerate(data):
        (folder / "from" / f"{at:03}.jpg").write_bytes(one)
    return _bare(folder), _submissions(house, keys, data)


def _bare(folder: Path) -> Cost:
    """Decode and store in a process of its own, on as many threads as there are clients."""
    command = [sys.executable, "-m", "bench.filing", str(folder / "from"), str(folder / "to"), str(CLIENTS)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    return Cost(FILES, **json.loads(told))


def _submissions(house: House, keys: Sequence[str], data: Sequence[bytes]) -> Cost:
    """Submit the files, each client its share, one after the other."""
    before, started = _processor(house), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda at: _send(house.site, keys[at], data[at::CLIENTS]), range(CLIENTS)))
    return Cost(len(data), time.perf_counter() - started, _processor(house) - before)


def _send(site: str, key: str, data: Sequence[bytes]) -> None:
    with httpx.Client(base_url=site, headers={"Authorization": f"Bearer {key}"}, timeout=120) as http:
        for one in data:
            http.post("/api/v1/submissions", files={"file": ("a.jpg", one)}).raise_for_status()


def _key(number: int) -> str:
    from moderation.clients.models import Client, Scope  # noqa: PLC0415  Django is set up by then
    from moderation.clients.services import create_key  # noqa: PLC0415

    client = Client.objects.create(name=f"Intake {number}", slug=f"intake-{number}")
    return create_key(client, "bench", [Scope.SUBMIT], actor="bench")[1]


@contextmanager
def _one_web_process(house: House) -> Iterator[None]:
    """Have a single web process while the measurement lasts."""
    os.environ["ASSAY_WEB_WORKERS"] = "1"
    _restart(house)
    try:
        yield
    finally:
        del os.environ["ASSAY_WEB_WORKERS"]
        _restart(house)


def _restart(house: House) -> None:
    house.programs["web"].stop()
    house.programs["web"].start()
    until(lambda: answers(f"{house.site}/healthz"), "web answers")


def _processor(house: House) -> float:
    process: Any = house.programs["web"].process
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    return float(sum(one.cpu_times().user + one.cpu_times().system for one in family))


def lines(rounds: Sequence[Round]) -> list[str]:
    bare, taken = [one for one, _ in rounds], [one for _, one in rounds]
    by_clock = statistics.median(one.rate / other.rate for one, other in rounds)
    by_processor = statistics.median(other.processor / one.processor for one, other in rounds)
    return [
        "## Taking submissions in",
        "",
        f"{FILES} JPEGs of about {BYTES // 1000} kB from {CLIENTS} clients at a time to one web process, and the same",
        "files decoded, hashed and stored by as many threads of a bare process; in turn, medians of",
        f"{len(rounds)} rounds, each with its own ratio. The senders and PostgreSQL want the same cores;",
        "their processor time is not counted.",
        "Goal: the platform's share is no more than the file's own, so that both cost at most twice as much.",
        "",
        "| what | files per second | processor ms per file |",
        "|---|---|---|",
        _row("decoded and stored", bare),
        _row("accepted submissions", taken),
        f"| **times the file's own** | **{by_clock:.2f}** | **{by_processor:.2f}** |",
    ]


def _row(what: str, costs: Sequence[Cost]) -> str:
    rate = statistics.median(one.rate for one in costs)
    return f"| {what} | {rate:.1f} | {statistics.median(one.milliseconds for one in costs):.1f} |"


def main() -> int:
    var = ROOT / "var" / "bench"
    with running(var) as house:
        print("\n".join(lines(measure(house, var / "filed"))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
