from celery import shared_task

from moderation.matching import services


@shared_task(name="matching.crop")
def crop() -> None:
    services.crop_waiting()
