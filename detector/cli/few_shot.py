"""`python -m detector few-shot`: what a recipe reaches from 1,000 images of each class, over several subsets."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.table import Table

from detector.cli.reports import share, span
from detector.images import ImageRefused
from detector.training.few_shot import FewShot, Subset
from detector.training.few_shot import few_shot as measure
from detector.training.packs import PackError, read_packs
from detector.training.recipes import RecipeError, named


def few_shot(  # noqa: PLR0913, PLR0917 - one parameter for each option of the command
    data: Annotated[list[Path], typer.Option(help="Training images: folder or tar file. Repeatable.")],
    test: Annotated[list[Path], typer.Option(help="Test images: folder or tar file. Repeatable.")],
    recipe: Annotated[str, typer.Option(help="Name of a recipe.")] = "few-shot",
    per_class: Annotated[int, typer.Option(min=1, help="Training images of each class.")] = 1000,
    subsets: Annotated[int, typer.Option(min=1, help="Disjoint subsets, each trained anew.")] = 5,
    epochs: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's.")] = None,
    threads: Annotated[int, typer.Option(min=1)] = 2,
    out: Annotated[Path | None, typer.Option(help="File that the report is written to, as JSON.")] = None,
) -> None:
    """Train on small subsets and test on images of none of them; what is a copy of a training image is no test."""
    torch.set_num_threads(threads)
    console = Console(stderr=True)
    try:
        chosen = named(recipe)
        chosen = chosen if epochs is None else dataclasses.replace(chosen, epochs=epochs)
        made = measure(chosen, read_packs(data), read_packs(test), per_class, subsets, lambda one: _say(console, one))
    except RecipeError as error:
        raise typer.BadParameter(str(error), param_hint="--recipe") from error
    except (PackError, ImageRefused, OSError) as error:
        raise typer.BadParameter(str(error)) from error
    if out is not None:
        out.write_text(json.dumps({"recipe": dataclasses.asdict(chosen), **dataclasses.asdict(made)}, indent=2) + "\n")
    _print(made)


def _say(console: Console, one: Subset) -> None:
    console.print(f"subset {one.number + 1}: {share(one.accuracy)} in {one.training_seconds:.0f} s", highlight=False)


def _print(made: FewShot) -> None:
    table = Table(
        "subset",
        "training images",
        "test images",
        "accuracy",
        "95 % interval",
        "real",
        "not real",
        "seconds",
        "of processor",
    )
    for one in made.subsets:
        accuracies = share(one.accuracy), span(one.interval, share), share(one.real), share(one.not_real)
        seconds = f"{one.training_seconds:.0f} + {one.scoring_seconds:.0f}"
        spent = f"{one.processor_seconds:.0f}"
        table.add_row(str(one.number + 1), f"{one.images:,}", f"{one.tested:,}", *accuracies, seconds, spent)
    console = Console()
    console.print(table)
    minutes = sum(one.processor_seconds for one in made.subsets) / 60
    text = f"mean {made.mean:.2%}, standard deviation {made.deviation:.2%}, {minutes:.1f} min of processor"
    console.print(text, highlight=False)
