from celery import shared_task

from moderation.intake import fetching


@shared_task(name="intake.fetch")
def fetch() -> None:
    fetching.fetch_waiting()


@shared_task(name="intake.sweep")
def sweep() -> None:
    fetching.sweep()
