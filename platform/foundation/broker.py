"""Nudges: short messages that wake a worker. The database knows what is to do, so a nudge may be lost or doubled.

A broker that is down or slow must cost the caller nothing: nudges leave from a thread of their own. Those that wait for
the same task are one, since a task takes everything that it finds; and the next of a task follows after ``PACE`` at the
earliest, because a message costs a worker more than a look.
"""

import threading
import time

import structlog
from celery import current_app

log = structlog.get_logger(__name__)
PACE = 0.05
Nudge = tuple[str, str]


class Sender:
    """The thread that sends, started by the first nudge of each process (a fork keeps no thread)."""

    def __init__(self) -> None:
        self.waiting: dict[Nudge, None] = {}
        self.sent: dict[Nudge, float] = {}
        self.changed = threading.Condition()
        self.thread: threading.Thread | None = None

    def put(self, task: str, queue_name: str) -> None:
        with self.changed:
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self._send_forever, name="nudges", daemon=True)
                self.thread.start()
            self.waiting[task, queue_name] = None
            self.changed.notify()

    def _send_forever(self) -> None:
        while True:
            task, queue_name = self._take()
            try:
                current_app.send_task(task, queue=queue_name, retry=False, ignore_result=True)
            except Exception as error:
                log.warning("nudge_lost", task=task, error=str(error))

    def _take(self) -> Nudge:
        """Take the first out whose turn it is, before it is sent: one that comes meanwhile is sent after it."""
        with self.changed:
            while True:
                at = {one: self.sent.get(one, -PACE) + PACE for one in self.waiting}
                now = time.monotonic()
                ready = next((one for one, moment in at.items() if moment <= now), None)
                if ready is not None:
                    break
                self.changed.wait(min(at.values()) - now if at else None)
            del self.waiting[ready]
            self.sent[ready] = now
            return ready


_sender = Sender()


def nudge(task: str, *, queue_name: str) -> None:
    """Ask for ``task`` on the queue soon, without waiting for the broker and without failing."""
    _sender.put(task, queue_name)
