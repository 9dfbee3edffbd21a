"""Prometheus metrics of several processes in one folder, also of containers, whose process ids are all alike."""

import os
import socket
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def share() -> None:
    """Have the metrics that are defined from now on written into the shared folder, where one is named."""
    folder = os.environ.get(FOLDER)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        values.ValueClass = values.MultiProcessValue(identity)  # type: ignore[no-untyped-call]


def identity(pid: int | None = None) -> str:
    """Return what tells a process from every other that writes into the folder: its machine and its process id."""
    machine = socket.gethostname().replace("_", "-").replace("/", "-")
    return f"{machine}-{os.getpid() if pid is None else pid}"


def exposition() -> bytes:
    """Return the metrics of every process that shares the folder, or of this one, in Prometheus' text format."""
    if FOLDER not in os.environ:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)


def forget(pid: int) -> None:
    """Remove the gauges of a process of this machine that ended; what it counted stays in the totals."""
    if FOLDER in os.environ:
        mark_process_dead(identity(pid))  # type: ignore[no-untyped-call]
