"""Who wants to hear of events: an app above registers a consumer when it starts (``AppConfig.ready``)."""

from collections.abc import Callable, Sequence

from moderation.events.models import Event

Consumer = Callable[[Event], None]
BatchConsumer = Callable[[Sequence[Event]], None]
_consumers: dict[str, BatchConsumer] = {}


def register(name: str, consumer: Consumer) -> None:
    """Have ``consumer`` called for every event, inside the dispatcher's transaction; a second time replaces it."""

    def each(events: Sequence[Event]) -> None:
        for event in events:
            consumer(event)

    register_batch(name, each)


def register_batch(name: str, consumer: BatchConsumer) -> None:
    """Have ``consumer`` called with several events at once, for one that needs no more questions for many than for one.

    When it raises, it is called again with each event alone.
    """
    _consumers[name] = consumer


def everyone() -> list[BatchConsumer]:
    return list(_consumers.values())
