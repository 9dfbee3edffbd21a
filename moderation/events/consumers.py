"""Who wants to hear of events: an app above registers a consumer when it starts (``AppConfig.ready``)."""

from collections.abc import Callable

from moderation.events.models import Event

Consumer = Callable[[Event], None]
_consumers: dict[str, Consumer] = {}


def register(name: str, consumer: Consumer) -> None:
    """Have ``consumer`` called for every event, inside the dispatcher's transaction; a second time replaces it."""
    _consumers[name] = consumer


def everyone() -> list[Consumer]:
    return list(_consumers.values())
