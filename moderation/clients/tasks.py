from celery import shared_task

from moderation.clients import idempotency, services


@shared_task(name="clients.sweep")
def sweep() -> None:
    """Forget stored answers older than a day, and old secrets whose overlap is over."""
    idempotency.sweep()
    services.forget_old_secrets()
