from celery import shared_task
from celery.worker import state

from moderation.analysis import services


@shared_task(name="analysis.analyse")
def analyse() -> None:
    services.analyse_waiting(stopping)


def stopping() -> bool:
    """Say whether the worker was asked to stop: a busy one ends after its batch, not after the whole queue."""
    return {state.should_stop, state.should_terminate} != {None}


@shared_task(name="analysis.sweep")
def sweep() -> None:
    services.sweep()
