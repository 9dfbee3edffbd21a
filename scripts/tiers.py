"""Runs the tests in three tiers and prints the time of each: python -m scripts.tiers [--jobs N] [pytest arguments]."""

from __future__ import annotations

import subprocess
import sys
import time

TIERS = {
    "unit": "not integration and not browser and not faults and not slow",
    "integration and faults": "(integration or faults or slow) and not browser",
    "browser": "browser",
}
NOTHING_COLLECTED = 5


def main(arguments: list[str]) -> int:
    jobs, extra = split(arguments)
    results = {name: run(name, marks, jobs, extra) for name, marks in TIERS.items()}
    print("\nTier                      Result    Time")
    for name, (code, seconds) in results.items():
        print(f"{name:<25} {verdict(code, extra):<9} {seconds:.0f} s")
    return 0 if all(verdict(code, extra) != "failed" for code, _ in results.values()) else 1


def split(arguments: list[str]) -> tuple[int, list[str]]:
    """Returns the number of processes of each tier, and what is passed on to pytest."""
    if arguments[:1] == ["--jobs"]:
        return int(arguments[1]), arguments[2:]
    return 2, arguments


def run(name: str, marks: str, jobs: int, extra: list[str]) -> tuple[int, float]:
    """Returns pytest's exit status and the seconds that it took.

    A file's tests of the later tiers stay in one process, which shares a stack of real processes and waits for it more
    than it computes: one process more than there are cores keeps them busy.
    """
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    spread = ["-n", str(jobs), "--dist", "load"] if name == "unit" else ["-n", str(jobs + 1), "--dist", "loadfile"]
    parallel = spread if jobs > 1 else []
    command = [sys.executable, "-m", "pytest", "-q", *parallel, "-m", marks, *(extra or ["tests"])]
    return subprocess.run(command, check=False).returncode, time.monotonic() - started


def verdict(code: int, extra: list[str]) -> str:
    """A tier without tests is a failure, unless the person chose some tests."""
    if code == NOTHING_COLLECTED and extra:
        return "none"
    return "passed" if code == 0 else "failed"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
