from celery import shared_task

from moderation.webhooks import delivery, notices


@shared_task(name="webhooks.deliver")
def deliver() -> None:
    delivery.deliver_due()


@shared_task(name="webhooks.sweep")
def sweep() -> None:
    delivery.sweep()
    notices.send_due()
