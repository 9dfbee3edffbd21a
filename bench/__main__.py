"""Measure and print: ``python -m bench [--write] [PART ...]`` (``make bench ARGS=...``); every part if none is named.

``--write`` puts what was measured in the place of the same parts of ``docs/performance.md``.
"""

import os
import platform
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench import engines, explore, intake, latency, maps, matching, pages, throughput, webhooks
from bench.house import House, running

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "performance.md"
VAR = ROOT / "var" / "bench"
GOAL_PLATFORM_MS = 150
GOAL_RATIO = 0.8

SITE: dict[str, Callable[[House], list[str]]] = {
    "latency": lambda house: _latency_lines(latency.measure(house)),
    "throughput": lambda house: _throughput_lines(throughput.measure(house, VAR / "pictures")),
    "intake": lambda house: intake.lines(intake.measure(house, VAR / "filed")),
    "webhooks": lambda house: webhooks.lines(webhooks.measure(house)),
}
ALONE: dict[str, Callable[[], list[str]]] = {
    "matching": lambda: matching.lines([matching.measure(*one) for one in matching.CHECKED.items()]),
    "explore": lambda: explore.lines(explore.measure(VAR)),
    "maps": lambda: maps.lines(maps.measure()),
    "engines": lambda: engines.lines(engines.measure()),
}


def main(arguments: Sequence[str]) -> int:
    names = [name for name in arguments if name != "--write"]
    unknown = sorted(set(names) - {*SITE, *ALONE})
    if unknown:
        print(f"There is no part named {', '.join(unknown)}: {', '.join([*SITE, *ALONE])}.", file=sys.stderr)
        return 2
    parts = _measured(names or [*SITE, *ALONE])
    print("\n\n".join("\n".join(part) for part in parts))
    if "--write" in arguments:
        DOCUMENT.write_text(pages.replaced(DOCUMENT.read_text(), [pages.dated(part, _where()) for part in parts]))
    return 0


def _measured(names: Sequence[str]) -> list[list[str]]:
    parts = []
    of_the_site = [name for name in SITE if name in names]
    if of_the_site:
        with running(VAR) as house:
            parts += [_said(name, partial(SITE[name], house)) for name in of_the_site]
    return parts + [_said(name, ALONE[name]) for name in ALONE if name in names]


def _said(name: str, measure: Callable[[], list[str]]) -> list[str]:
    print(f"Measuring {name} ...", flush=True)
    return measure()


def _where() -> str:
    cores = len(os.sched_getaffinity(0))
    return f"Measured on {datetime.now(UTC):%d %b %Y}: {cores} cores ({platform.machine()}), no GPU."


def _latency_lines(milliseconds: dict[str, float]) -> list[str]:
    rows = [f"| {part} | {value:.0f} |" for part, value in milliseconds.items()]
    return [
        "## From upload to verdict",
        "",
        f"One 12-megapixel JPEG with a face, three roles, idle site; medians of {latency.ROUNDS}.",
        f"Goal: the platform's own share (all but decode and networks) under {GOAL_PLATFORM_MS} ms.",
        "",
        "| part | ms |",
        "|---|---|",
        *rows,
    ]


def _throughput_lines(rates: dict[str, float]) -> list[str]:
    return [
        "## Under load",
        "",
        f"{throughput.IMAGES} JPEGs of 1024 px, batches of {throughput.BATCH}, all waiting when the worker starts;",
        "the bare detector (read, decode, judge, maps) runs in turn with it, on the same files, in its own process;",
        f"medians of {throughput.ROUNDS} rounds, each with its own ratio.",
        f"Goal: the worker keeps at least {GOAL_RATIO:.0%} of the bare rate.",
        "",
        "| what | images per second |",
        "|---|---|",
        f"| bare detector | {rates['bare detector']:.2f} |",
        f"| loaded worker | {rates['loaded worker']:.2f} |",
        f"| **ratio** | **{rates['ratio']:.2f}** |",
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
