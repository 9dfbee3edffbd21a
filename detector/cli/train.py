"""`python -m detector train`: packs of labelled images in, a bundle out."""

from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console

from detector.bundles.card import ROLES
from detector.training.facecuts import cut_faces as faces_of
from detector.training.packs import PackError, Sample, read_packs
from detector.training.recipe import FACE_MARGIN, Recipe
from detector.training.run import Plan, run


def train(  # noqa: PLR0913, PLR0917 - one parameter for each option of the command
    role: Annotated[str, typer.Option(help="What the bundle is for: general, face or edited.")],
    data: Annotated[list[Path], typer.Option(help="Folder or tar file with one folder per class. Repeatable.")],
    out: Annotated[Path, typer.Option(help="Folder that the bundle is written to.")],
    init: Annotated[Path | None, typer.Option(help="Weights (safetensors) that the trunk begins from.")] = None,
    epochs: Annotated[int, typer.Option(min=1)] = 6,
    seed: Annotated[int, typer.Option()] = 0,
    cut_faces: Annotated[list[Path] | None, typer.Option(help="Data whose faces are cut out. Repeatable.")] = None,
    leave_out: Annotated[list[str] | None, typer.Option(help="A source kept whole for validation. Repeatable.")] = None,
    frozen_blocks: Annotated[int, typer.Option(min=0, help="Blocks nearest the image that are not trained.")] = 4,
    version: Annotated[str, typer.Option(help="Version that the card names.")] = "1",
    threads: Annotated[int, typer.Option(min=1)] = 2,
    workers: Annotated[int, typer.Option(min=0, help="Processes that prepare images.")] = 1,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda[:n].")] = "auto",
) -> None:
    """Train a bundle for one role."""
    if role not in ROLES:
        raise typer.BadParameter(f"must be one of {', '.join(ROLES)}", param_hint="--role")
    torch.set_num_threads(threads)
    recipe = Recipe(role, epochs=epochs, seed=seed, leave_out=tuple(leave_out or ()), frozen_blocks=frozen_blocks)
    console = Console(stderr=True)
    try:
        plan = Plan(
            _samples(data, cut_faces or []), _names(data, cut_faces or []), init, role, version, out, workers, device
        )
        console.print(f"{len(plan.samples)} images, {epochs} epochs")
        card = run(recipe, plan, lambda epoch, step, loss: _say(console, epoch, step, loss))
    except (PackError, OSError) as error:
        raise typer.BadParameter(str(error), param_hint="--data") from error
    typer.echo(f"{out}: {card.name} {card.version}, weights {card.weights_sha256[:12]}")


def _samples(data: list[Path], faces_in: list[Path]) -> list[Sample]:
    return read_packs(data) + faces_of(read_packs(faces_in), FACE_MARGIN)


def _names(data: list[Path], faces_in: list[Path]) -> list[str]:
    return [path.name for path in data] + [f"faces cut from {path.name}" for path in faces_in]


def _say(console: Console, epoch: int, step: int, loss: float) -> None:
    if step % 10 == 0:
        console.print(f"epoch {epoch + 1} step {step + 1} loss {loss:.4f}")
