from celery import shared_task

from moderation.events import nudge, services

BATCH = 100


@shared_task(name="events.dispatch")
def dispatch() -> None:
    if services.dispatch_due(BATCH) == BATCH:
        nudge.dispatcher()
