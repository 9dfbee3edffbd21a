"""Wake the dispatcher; a lost nudge costs a second, because beat dispatches too."""

from foundation.broker import nudge


def dispatcher() -> None:
    nudge("events.dispatch", queue_name="default")
