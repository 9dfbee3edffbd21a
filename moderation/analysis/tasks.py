from celery import shared_task

from moderation.analysis import services


@shared_task(name="analysis.analyse")
def analyse() -> None:
    services.analyse_waiting()


@shared_task(name="analysis.sweep")
def sweep() -> None:
    services.sweep()
