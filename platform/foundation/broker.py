"""Nudges: short messages that wake a worker. The database knows what is to do, so a nudge may be lost or doubled.

A broker that is down or slow must cost the caller nothing: nudges leave from a thread of their own, and are dropped
while it has more than a handful waiting.
"""

import queue
import threading

import structlog
from celery import current_app

log = structlog.get_logger(__name__)
WAITING = 100


class Sender:
    """The thread that sends, started by the first nudge of each process (a fork keeps no thread)."""

    def __init__(self) -> None:
        self.pending: queue.Queue[tuple[str, str]] = queue.Queue(maxsize=WAITING)
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None

    def put(self, task: str, queue_name: str) -> None:
        """Raises queue.Full while the broker lags behind."""
        with self.lock:
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self._send_forever, name="nudges", daemon=True)
                self.thread.start()
        self.pending.put_nowait((task, queue_name))

    def _send_forever(self) -> None:
        while True:
            task, queue_name = self.pending.get()
            try:
                current_app.send_task(task, queue=queue_name, retry=False, ignore_result=True)
            except Exception as error:
                log.warning("nudge_lost", task=task, error=str(error))


_sender = Sender()


def nudge(task: str, *, queue_name: str) -> None:
    """Ask for ``task`` on the queue soon, without waiting for the broker and without failing."""
    try:
        _sender.put(task, queue_name)
    except queue.Full:
        log.warning("nudge_dropped", task=task)
