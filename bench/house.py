"""The demo's processes on a database of their own, for measuring."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from assay.demo import environment, house
from foundation.embedded.ports import choose_port
from foundation.embedded.services import Services
from foundation.embedded.supervisor import Program

PATIENCE = 300.0


@dataclass(frozen=True)
class House:
    """Where the measured site is, the key of a client without webhooks, its processes by name, their logs and what its
    workers measured of the engines."""

    site: str
    key: str
    programs: dict[str, Program]
    logs: Path
    cache: Path

    def http(self) -> httpx.Client:
        return httpx.Client(base_url=self.site, headers={"Authorization": f"Bearer {self.key}"}, timeout=60)

    def log_lines(self, name: str, event: str) -> list[dict[str, Any]]:
        """Return the log lines of a process about one kind of event."""
        lines = (self.logs / f"{name}.log").read_text().splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{")]
        return [line for line in found if line.get("event") == event]


@contextmanager
def running(var: Path) -> Iterator[House]:
    """Start PostgreSQL, Redis, web, courier and beat; the worker is the measurement's to start."""
    shutil.rmtree(var, ignore_errors=True)
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    site = environment.prepare(var, choose_port(0))
    with Services(var) as services:
        services.start()
        told = house.prepare(site, var)
        programs = {program.name: program for program in house.programs(var, site)}
        try:
            for name in ("web", "courier", "beat"):
                programs[name].start()
            until(lambda: answers(f"{site}/healthz"), "web answers")
            yield House(site, told["other_api_key"], programs, var / "log", var / "cache" / "engines")
        finally:
            for program in programs.values():
                program.stop()


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def until(condition: Callable[[], bool], what: str, pause: float = 0.05) -> None:
    """Wait for ``condition``.

    Raises:
        TimeoutError: it did not come within five minutes.
    """
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(pause)
