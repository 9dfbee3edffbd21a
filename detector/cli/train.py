"""`python -m detector train`: packs of labelled images in, a bundle out."""

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from safetensors import SafetensorError

from detector.architectures import ArchitectureError
from detector.cli.progress import Bar
from detector.evaluation.exclusion import read_exclusion
from detector.training.checkpoint import CheckpointError
from detector.training.facecuts import cut_faces as faces_of
from detector.training.new_card import LICENCE
from detector.training.packs import PackError, Sample, read_packs
from detector.training.recipe import FACE_MARGIN, Recipe
from detector.training.recipes import RECIPES, RecipeError, named
from detector.training.run import Plan, run
from detector.training.subsets import limited

_RECIPES = f"One of: {', '.join(sorted(RECIPES))}."
_REFUSED = (PackError, OSError, CheckpointError, ArchitectureError, SafetensorError, ValueError)


def train(  # noqa: PLR0913, PLR0917 - one parameter for each option of the command
    recipe: Annotated[str, typer.Option(help=_RECIPES)],
    data: Annotated[list[Path], typer.Option(help="Folder or tar file with one folder per class. Repeatable.")],
    out: Annotated[Path, typer.Option(help="Folder that the bundle, its report and its checkpoint are written to.")],
    init: Annotated[Path | None, typer.Option(help="Weights (safetensors) that the trunk begins from.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Instead of the recipe's.")] = None,
    precision: Annotated[str | None, typer.Option(help="auto, float32, bfloat16 or float16 (GPU).")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Images of each class at most, evenly drawn.")] = None,
    cut_faces: Annotated[list[Path] | None, typer.Option(help="Data whose faces are cut out. Repeatable.")] = None,
    exclude: Annotated[Path | None, typer.Option(help="List of file names or SHA-256 sums to leave out.")] = None,
    leave_out: Annotated[list[str] | None, typer.Option(help="A source kept whole for validation. Repeatable.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the bundle; the recipe's role by default.")] = None,
    version: Annotated[str, typer.Option(help="Version that the card names.")] = "1",
    licence: Annotated[str, typer.Option(help="What the card says the weights may be used for.")] = LICENCE,
    threads: Annotated[int, typer.Option(min=1)] = 2,
    workers: Annotated[int, typer.Option(min=0, help="Processes that prepare images.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda[:n].")] = "auto",
) -> None:
    """Train a bundle by a recipe. The same command again goes on with a run that was broken off."""
    torch.set_num_threads(threads)
    given = {"epochs": epochs, "seed": seed, "precision": precision}
    try:
        chosen = _adapted(named(recipe), given, leave_out or [])
        samples = limited(_samples(data, cut_faces or [], exclude), limit)
        packs = _names(data, cut_faces or [])
        plan = Plan(samples, packs, init, name or chosen.role, version, out, workers, device, licence)
        with Bar(chosen.epochs) as bar:
            bar.note(f"{len(samples):,} images, {chosen.epochs} epochs of {chosen.architecture}")
            card = run(chosen, plan, bar)
    except RecipeError as error:
        raise typer.BadParameter(str(error), param_hint="--recipe") from error
    except _REFUSED as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(f"{out}: {card.name} {card.version}, weights {card.weights_sha256[:12]}")


def _adapted(recipe: Recipe, given: dict[str, Any], leave_out: list[str]) -> Recipe:
    changes = {name: value for name, value in given.items() if value is not None}
    return dataclasses.replace(recipe, **changes, leave_out=(*recipe.leave_out, *leave_out))


def _samples(data: list[Path], faces_in: list[Path], exclude: Path | None) -> list[Sample]:
    whole, with_faces = read_packs(data), read_packs(faces_in)
    if exclude is not None:
        unwanted = read_exclusion(exclude)
        whole, with_faces = unwanted.keep(whole), unwanted.keep(with_faces)
    return whole + faces_of(with_faces, FACE_MARGIN)


def _names(data: list[Path], faces_in: list[Path]) -> list[str]:
    return [path.name for path in data] + [f"faces cut from {path.name}" for path in faces_in]
