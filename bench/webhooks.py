"""Webhooks under load: how late the healthy endpoints are told while others hang.

``python -m bench.webhooks`` measures this alone.
"""

import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from bench import receivers
from bench.house import House, running, until

if TYPE_CHECKING:
    from moderation.clients.models import Client

ENDPOINTS = 50
HANGING = 10
EACH = 200
RATE = 100.0  # events a second
GOAL_P95 = 5.0
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Figures:
    """What came of it: deliveries by state, seconds from the fact to the healthy receivers, and the courier's CPU."""

    delivered: int
    waiting: int
    given_up: int
    lost: int
    twice: int
    median: float
    p95: float
    worst: float
    produced_in: float
    courier_cpu_ms: float


def measure(house: House) -> Figures:
    """Tell ``ENDPOINTS`` clients ``EACH`` events while ``HANGING`` of them never answer."""
    with receivers.listening(frozenset(range(HANGING))) as told:
        clients = [_client(number, told.url(number)) for number in range(ENDPOINTS)]
        before, started = _cpu(house), time.monotonic()
        made = _produce(clients)
        produced_in = time.monotonic() - started
        healthy = {event: at for event, (number, at) in made.items() if number >= HANGING}
        until(lambda: healthy.keys() <= told.arrivals.keys() and not _open(), "the healthy ones are told", pause=0.5)
        spent = _cpu(house) - before
        late = sorted(told.arrivals[event][0] - at for event, at in healthy.items())
        twice = sum(len(told.arrivals[event]) > 1 for event in healthy)
    delivered, waiting, given_up = _states(clients)
    return Figures(
        delivered=delivered,
        waiting=waiting,
        given_up=given_up,
        lost=len(made) - delivered - waiting - given_up,
        twice=twice,
        median=statistics.median(late),
        p95=late[int(len(late) * 0.95)],
        worst=late[-1],
        produced_in=produced_in,
        courier_cpu_ms=spent / len(healthy) * 1000,
    )


def _states(clients: "list[Client]") -> list[int]:
    from moderation.webhooks.models import Delivery, State  # noqa: PLC0415  Django is set up by then

    rows = Delivery.objects.filter(client__in=clients)
    return [rows.filter(state=state).count() for state in (State.DELIVERED, State.PENDING, State.FAILED)]


def _client(number: int, url: str) -> "Client":
    from moderation.clients.models import Client  # noqa: PLC0415
    from moderation.webhooks.services import create_endpoint  # noqa: PLC0415

    client = Client.objects.create(name=f"Bench {number}", slug=f"bench-{number}")
    create_endpoint(client, url, actor="bench")
    return client


def _produce(clients: "list[Client]") -> dict[str, tuple[int, float]]:
    """Record the events at ``RATE``, one client after the other; return each with its client's number and its time."""
    from moderation.events.services import record  # noqa: PLC0415

    made, started = {}, time.monotonic()
    for turn in range(ENDPOINTS * EACH):
        number = turn % ENDPOINTS
        time.sleep(max(0.0, started + turn / RATE - time.monotonic()))
        at = time.time()
        event = record(clients[number], "submission.analysed", f"sub_{turn}", {"id": f"sub_{turn}", "note": "x" * 2000})
        made[event.pk] = (number, at)
    return made


def _open() -> bool:
    from moderation.webhooks.models import Delivery, State  # noqa: PLC0415

    return Delivery.objects.filter(state=State.PENDING, endpoint__failures=0).exists()


def _cpu(house: House) -> float:
    process: Any = house.programs["courier"].process
    main = psutil.Process(process.pid)
    times = [one.cpu_times() for one in (main, *main.children(recursive=True))]
    return float(sum(time.user + time.system for time in times))


def lines(figures: Figures) -> list[str]:
    total, healthy = ENDPOINTS * EACH, (ENDPOINTS - HANGING) * EACH
    return [
        "## Webhooks",
        "",
        f"{total:,} deliveries, {EACH} for each of {ENDPOINTS} clients' endpoints, arriving at {RATE:.0f} a second,",
        f"of which {HANGING} endpoints never answer.",
        f"Goal: nothing lost, 95 of 100 to the healthy ones within {GOAL_P95:.0f} s.",
        "",
        "| what | |",
        "|---|---|",
        f"| facts were recorded in | {figures.produced_in:.0f} s |",
        f"| delivered, of {healthy:,} to healthy endpoints | {figures.delivered:,} |",
        f"| waiting for the hanging ones | {figures.waiting:,} |",
        f"| given up / lost / told twice | {figures.given_up} / {figures.lost} / {figures.twice} |",
        f"| from the fact to a healthy receiver, median | {figures.median:.2f} s |",
        f"| **95 of 100 within** | **{figures.p95:.2f} s** |",
        f"| the last | {figures.worst:.2f} s |",
        f"| courier's CPU, per delivery (dispatcher included) | {figures.courier_cpu_ms:.1f} ms |",
    ]


def main() -> int:
    with running(ROOT / "var" / "bench") as house:
        print("\n".join(lines(measure(house))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
