from celery import shared_task

from moderation.insights.explore import archives


@shared_task(name="insights.archive")
def make_archives() -> None:
    archives.make_waiting()


@shared_task(name="insights.sweep")
def sweep() -> None:
    archives.sweep()
