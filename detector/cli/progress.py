"""Progress of a training run on standard error: a bar on a terminal, a line an epoch elsewhere."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from detector.training.progress import EpochFigures, Progress


class Bar(Progress):
    """Shows epoch, step, loss and the time left; use as a context."""

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self._console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        times = (TimeElapsedColumn(), TimeRemainingColumn())
        quiet = not self._console.is_terminal
        self._bar = RichProgress(*columns, *times, console=self._console, transient=True, disable=quiet)
        self._task = self._bar.add_task("starting", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def note(self, text: str) -> None:
        """Print a line above the bar."""
        self._console.print(text, highlight=False)

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """Move the bar."""
        done, total = epoch * steps + step + 1, self._epochs * steps
        text = f"epoch {epoch + 1}/{self._epochs}, loss {loss:.4f}"
        self._bar.update(self._task, completed=done, total=total, description=text)

    def epoch(self, figures: EpochFigures) -> None:
        """Print the epoch's figures."""
        parts = [f"epoch {figures.epoch + 1}/{self._epochs}: loss {figures.loss:.4f}"]
        if figures.validation_loss is not None and figures.validation_accuracy is not None:
            parts.append(f"validation loss {figures.validation_loss:.4f}, accuracy {figures.validation_accuracy:.1%}")
        parts.append(f"{figures.seconds:.0f} s, {figures.images_per_second:.1f} images/s")
        self.note(", ".join(parts))
