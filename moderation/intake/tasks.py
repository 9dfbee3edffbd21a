from celery import shared_task

from moderation.intake import erasing, fetching, imports, orders, retention


@shared_task(name="intake.fetch")
def fetch() -> None:
    fetching.fetch_waiting()


@shared_task(name="intake.erase")
def erase() -> None:
    orders.carry_out()


@shared_task(name="intake.import")
def run_imports() -> None:
    imports.run_waiting()


@shared_task(name="intake.retention")
def discard() -> None:
    retention.sweep()


@shared_task(name="intake.sweep")
def sweep() -> None:
    fetching.sweep()
    imports.sweep()
    orders.sweep()
    erasing.remove_left_files()
