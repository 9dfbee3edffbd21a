"""What goes with an erased submission though no foreign key leads to it: apps above register erasers at start-up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from moderation.intake.models import Submission


@dataclass(frozen=True)
class Traces:
    """What an eraser found and erased, in words, and the models that were trained on it."""

    erased: Sequence[str] = ()
    models: Sequence[str] = ()


Eraser = Callable[[Submission], Traces]
_erasers: dict[str, Eraser] = {}


def register(name: str, eraser: Eraser) -> None:
    """Have ``eraser`` called inside the transaction that erases, while the rows still stand; again replaces it."""
    _erasers[name] = eraser


def everyone() -> list[Eraser]:
    return list(_erasers.values())
