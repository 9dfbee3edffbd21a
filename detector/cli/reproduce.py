"""`python -m detector reproduce` and `reproductions`: rows of the references, and the page made of their reports."""

from pathlib import Path
from typing import Annotated

import torch
import typer
from safetensors import SafetensorError

from detector.architectures import ArchitectureError
from detector.cli.progress import Bar
from detector.images import ImageRefused
from detector.training.checkpoint import CheckpointError
from detector.training.packs import PackError
from detector.training.references.data import Places, images_of
from detector.training.references.page import PageError, page
from detector.training.references.reproduce import FOLDS, Settings, recipe_of
from detector.training.references.reproduce import reproduce as run
from detector.training.references.rows import ROWS, Protocol, RowError
from detector.training.references.rows import row as named_row

_REFUSED = (RowError, PackError, CheckpointError, ImageRefused, ArchitectureError, SafetensorError, OSError, ValueError)


def reproduce(  # noqa: PLR0913, PLR0917 - one parameter for each option of the command
    row: Annotated[str, typer.Argument(metavar="ROW", help=f"One of: {', '.join(ROWS)}.")],
    data: Annotated[Path, typer.Option(help="Training images: one folder per class.")],
    out: Annotated[Path, typer.Option(help="Folder of the report and, while it runs, the checkpoint.")],
    test: Annotated[Path | None, typer.Option(help="Test images: one folder per class.")] = None,
    lists: Annotated[Path | None, typer.Option(help="Folder of list-train-<subset>-*.txt of CIFAKE.")] = None,
    edited: Annotated[Path | None, typer.Option(help="EDITED training images.")] = None,
    test_edited: Annotated[Path | None, typer.Option(help="EDITED test images.")] = None,
    folder: Annotated[list[str] | None, typer.Option(help="NAME=DIR of a further test folder. Repeatable.")] = None,
    init: Annotated[Path | None, typer.Option(help="Weights (safetensors) that the trunk begins from.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Images of each class at most, evenly drawn.")] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    threads: Annotated[int, typer.Option(min=1)] = 2,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda[:n].")] = "auto",
) -> None:
    """Train one reference as its authors said and test it once. The same command again goes on where it was."""
    torch.set_num_threads(threads)
    settings = Settings(out, epochs, seed, init, device, limit)
    try:
        chosen = named_row(row)
        images = images_of(chosen, Places(data, test, lists, edited, test_edited, _folders(folder or [])))
        runs = FOLDS if chosen.protocol is Protocol.FOLDS else 1
        with Bar(recipe_of(chosen, settings).epochs) as bar:
            most = "" if limit is None else f" (at most {limit:,} of each class)"
            bar.note(f"{chosen.name}: {len(images.training):,} of {images.available:,} images{most}, {runs} run(s)")
            path = run(chosen, images, settings, bar)
    except _REFUSED as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(path)


def reproductions(
    reports: Annotated[Path, typer.Option(help="Folder of the reports that `reproduce` and `sweep` wrote.")],
    out: Annotated[Path, typer.Option(help="The page.")],
) -> None:
    """Write the page of the reproductions, side by side with what their authors measured, from the runs' reports."""
    try:
        text = page(reports)
        out.write_text(text)
    except (PageError, OSError) as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(out)


def _folders(given: list[str]) -> dict[str, Path]:
    parts = [entry.partition("=") for entry in given]
    if any(not name or not path for name, _, path in parts):
        raise typer.BadParameter("must be NAME=DIR", param_hint="--folder")
    return {name: Path(path) for name, _, path in parts}
