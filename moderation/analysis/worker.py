"""An analysis worker's own business: load the bundles before the first image, and say that it lives."""

import threading
from typing import Any

import structlog
from celery.signals import worker_ready
from django.db import close_old_connections
from django.utils import timezone

from moderation.analysis import detectors
from moderation.analysis.models import WorkerSeen
from moderation.intake.services import nudge_analysis

log = structlog.get_logger(__name__)
INTERVAL = 5.0
QUEUE = "analysis"


def connect() -> None:
    """Have every Celery worker of this process call :func:`begin`."""
    worker_ready.connect(begin)


def begin(sender: Any, **_: Any) -> None:
    """Celery calls this once a worker consumes; only those that consume ``analysis`` load the detector."""
    if QUEUE not in {queue.name for queue in sender.task_consumer.queues}:
        return
    try:
        device = str(detectors.current().detector.device)
    except Exception as error:
        log.exception("detector_not_loaded", error=str(error))
        device = "none"
    threading.Thread(target=_beat, args=(sender.hostname, device), name="heartbeat", daemon=True).start()
    nudge_analysis()


def _beat(name: str, device: str) -> None:
    pause = threading.Event()
    while True:
        try:
            close_old_connections()
            WorkerSeen.objects.update_or_create(name=name, defaults={"device": device, "seen_at": timezone.now()})
        except Exception as error:
            log.warning("heartbeat_failed", error=str(error))
        pause.wait(INTERVAL)
