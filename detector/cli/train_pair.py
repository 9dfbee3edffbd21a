"""`python -m detector train-pair`: packs in, a general and a face bundle with one trunk out."""

from pathlib import Path
from typing import Annotated

import torch
import typer
from safetensors import SafetensorError

from detector.architectures import ArchitectureError
from detector.bundles import BundleError
from detector.cli.progress import Bar
from detector.evaluation.exclusion import read_exclusion
from detector.training.joint.gather import Packs
from detector.training.joint.loop import Schedule
from detector.training.joint.run import Plan, run
from detector.training.packs import PackError


def train_pair(  # noqa: PLR0913, PLR0917 - one parameter for each option of the command
    general: Annotated[list[Path], typer.Option(help="Folder or tar file of whole pictures. Repeatable.")],
    faces: Annotated[list[Path], typer.Option(help="Folder or tar file of faces. Repeatable.")],
    init: Annotated[Path, typer.Option(help="Weights (safetensors) that the features begin from.")],
    out: Annotated[Path, typer.Option(help="Folder that both bundles and the kept maps are written to.")],
    earlier: Annotated[Path | None, typer.Option(help="Bundle that the trained blocks begin from.")] = None,
    edited: Annotated[list[Path] | None, typer.Option(help="Data whose authentic photographs are used.")] = None,
    exclude: Annotated[Path | None, typer.Option(help="List of file names or SHA-256 sums to leave out.")] = None,
    copies: Annotated[int, typer.Option(min=1, help="Treated copies of each picture.")] = 3,
    steps: Annotated[int, typer.Option(min=2, help="Batches without the sources left out.")] = 450,
    more_steps: Annotated[list[int] | None, typer.Option(min=2, help="Batches of a later cycle with them.")] = None,
    seed: Annotated[int, typer.Option()] = 0,
    version: Annotated[str, typer.Option(help="Version that the cards name.")] = "1",
    threads: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Train the general and the face bundle together. Copies kept by a run that was broken off are used again."""
    torch.set_num_threads(threads)
    later = [Schedule(more) for more in more_steps or ()]
    try:
        packs = Packs(general, faces, edited or [], None if exclude is None else read_exclusion(exclude))
        plan = Plan(packs, init, out, version, earlier, copies, Schedule(steps), later, seed)
        with Bar(1) as bar:
            cards = run(plan, bar)
    except (PackError, OSError, ArchitectureError, BundleError, SafetensorError, ValueError) as error:
        raise typer.BadParameter(str(error)) from error
    for card in cards:
        typer.echo(f"{out / card.role}: {card.name} {card.version}, weights {card.weights_sha256[:12]}")
