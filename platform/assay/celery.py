"""The Celery application; the database is the truth, the broker only an alarm clock."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_process_shutdown, worker_shutdown

from foundation import multiprocess

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.settings")
app = Celery("assay")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Keep the JSON logs that settings configured: Celery leaves logging alone once somebody answers this signal."""


@worker_process_shutdown.connect
@worker_shutdown.connect
def forget_gauges(pid: int | None = None, **_: Any) -> None:
    """Take the gauges of a worker process that ends out of the shared metrics."""
    multiprocess.forget(os.getpid() if pid is None else pid)
