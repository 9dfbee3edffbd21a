"""`python -m detector sweep`: the 36 networks of the CIFAKE paper."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from detector.cli.progress import Bar
from detector.images import ImageRefused
from detector.training.packs import PackError, Sample, read_packs
from detector.training.references.data import in_memory, lines_of
from detector.training.references.sweep import (
    REPORT,
    Grid,
    SweepData,
    SweepError,
    SweepProgress,
    SweepSettings,
)
from detector.training.references.sweep import sweep as run
from detector.training.references.tables import sweep_tables
from detector.training.subsets import limited
from detector.training.tasks import leaked, of_lists


def sweep(  # noqa: PLR0913, PLR0917 - one parameter for each option of the command
    data: Annotated[Path, typer.Option(help="Training part: folders REAL and FAKE.")],
    test: Annotated[Path, typer.Option(help="Test part: folders REAL and FAKE.")],
    out: Annotated[Path, typer.Option(help=f"Folder that {REPORT} is written to, and gone on from.")],
    lists: Annotated[Path | None, typer.Option(help="Folder of list-train-medium-*.txt: train on those.")] = None,
    validation: Annotated[int, typer.Option(min=1, help="Of each class, from what is not trained on.")] = 1000,
    epochs: Annotated[int, typer.Option(min=1)] = 5,
    seed: Annotated[int, typer.Option()] = 0,
    extractor: Annotated[str | None, typer.Option(help="Force it, e.g. cifake-32x2 as in the paper.")] = None,
    threads: Annotated[int, typer.Option(min=1)] = 2,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda[:n].")] = "auto",
) -> None:
    """Train 12 feature extractors and 24 dense variants of the best. The same command again goes on."""
    if extractor is not None and extractor not in Grid().extractors():
        raise typer.BadParameter(f"must be one of {', '.join(Grid().extractors())}", param_hint="--extractor")
    torch.set_num_threads(threads)
    settings = SweepSettings(out, epochs, seed, extractor, device)
    try:
        images = _data(data, test, lists, validation)
        with Networks(epochs) as bar:
            report = run(images, settings, bar)
    except (PackError, SweepError, ImageRefused, OSError, RuntimeError) as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(sweep_tables(report))


class Networks(SweepProgress):
    """A bar for all networks together: each step is one of so many epochs of so many networks."""

    def __init__(self, epochs: int) -> None:
        self._bar = Bar(Grid().networks() * epochs)
        self._epochs = epochs
        self._before = 0

    def __enter__(self) -> "Networks":
        self._bar.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._bar.__exit__(*raised)

    def network(self, place: int, name: str) -> None:
        """Say which network is next."""
        self._before = place * self._epochs
        self._bar.note(f"{place + 1}/{Grid().networks()} {name}")

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """Move the bar."""
        self._bar.step(self._before + epoch, step, steps, loss)


def _data(data: Path, test: Path, lists: Path | None, validation: int) -> SweepData:
    everything = read_packs([data])
    if lists is None:
        held = limited(everything, validation)
        training = _others(everything, held)
    else:
        training = of_lists(everything, *_names(lists))
        held = limited(_others(everything, training), validation)
    if {sample.label for sample in training} != {0, 1} or {sample.label for sample in held} != {0, 1}:
        raise PackError("The training or the validation images lack a class: give more data, or other lists.")
    tested = in_memory(read_packs([test]))
    return SweepData(in_memory(training), in_memory(held), tested, leaked(tested, everything))


def _others(samples: Sequence[Sample], without: Sequence[Sample]) -> list[Sample]:
    left_out = {(sample.label, sample.name) for sample in without}
    return [sample for sample in samples if (sample.label, sample.name) not in left_out]


def _names(lists: Path) -> tuple[set[str], set[str]]:
    return lines_of(lists, "medium", "REAL"), lines_of(lists, "medium", "FAKE")
