"""Gunicorn's settings: threads, because requests wait for the database and for clients, not for the processor.

There are more threads than ASSAY_OPEN_WAITS lets wait for a verdict, so that some are always free. A request holds a
connection of its process's pool from the look at its key on, but not while it waits for a verdict: the pool bounds how
many are worked on, and how many pictures are decoded, at a time.
"""

import os
from typing import Any

from foundation import multiprocess

bind = os.environ.get("ASSAY_WEB_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("ASSAY_WEB_WORKERS", "2"))
threads = int(os.environ.get("ASSAY_WEB_THREADS", "80"))
raw_env = ["ASSAY_WEB_PROCESS=true"]
timeout = 60
graceful_timeout = 30
keepalive = 5
# Heartbeats of the workers belong into memory: on a slow disk a healthy worker would look dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
loglevel = os.environ.get("ASSAY_LOG_LEVEL", "info").lower()
accesslog = "-"
logger_class = "assay.weblog.JsonLogger"


def post_worker_init(_worker: Any) -> None:
    """Write refusals as problem documents; Django is set up by now."""
    from assay import refusals  # noqa: PLC0415

    refusals.install()


def child_exit(_server: Any, worker: Any) -> None:
    """Take the gauges of a web process that ended out of the shared metrics."""
    multiprocess.forget(worker.pid)
