from celery import shared_task

from moderation.review.bulk import work


@shared_task(name="review.bulk")
def bulk() -> None:
    work.run_waiting()
