"""Measure, print, and write ``docs/performance.md``: ``make bench`` (``ARGS=--write`` replaces the document)."""

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import engines, intake, latency, maps, matching, throughput, webhooks
from bench.house import running

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "performance.md"
GOAL_PLATFORM_MS = 150
GOAL_RATIO = 0.8


def main() -> int:
    var = ROOT / "var" / "bench"
    with running(var) as house:
        print(f"Uploading a 12-megapixel JPEG {latency.ROUNDS} times ...", flush=True)
        milliseconds = latency.measure(house)
        print(f"Judging {throughput.IMAGES} images, bare and loaded ...", flush=True)
        rates = throughput.measure(house, var / "pictures")
        print(f"Telling {webhooks.ENDPOINTS} endpoints, of which {webhooks.HANGING} hang ...", flush=True)
        told = webhooks.measure(house)
        print(f"Submitting {intake.FILES} files from {intake.CLIENTS} clients ...", flush=True)
        taken = intake.measure(house, var / "filed")
    print("Judging with and without heatmaps ...", flush=True)
    costs = maps.measure()
    print("Running every network on every engine ...", flush=True)
    rows = engines.measure()
    print("Looking up hashes among a million and ten million ...", flush=True)
    known = matching.lines([matching.measure(*one) for one in matching.CHECKED.items()])
    platform_parts = (
        _latency_lines(milliseconds),
        _throughput_lines(rates),
        intake.lines(taken),
        webhooks.lines(told),
        known,
    )
    parts = (*platform_parts, maps.lines(costs), engines.lines(rows))
    report = "\n\n".join("\n".join(part) for part in parts)
    print(report)
    if "--write" in sys.argv:
        DOCUMENT.write_text(_document(report))
    return 0


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


def _document(report: str) -> str:
    head = [
        "# Performance",
        "",
        "Written by `make bench ARGS=--write`. Absolute figures are this machine's; the ratios are what to compare.",
        "",
        f"Measured on {datetime.now(UTC):%d %b %Y}: {_cores()} cores ({platform.machine()}), no GPU.",
        "",
    ]
    return "\n".join([*head, report, ""])


def _cores() -> int:
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    sys.exit(main())
