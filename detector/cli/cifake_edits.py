"""`python -m detector cifake-edits`: how well a recipe tells CIFAKE's edited photographs from others."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from detector.bundles import load
from detector.cli.progress import Bar
from detector.evaluation.metrics import accuracy, auc, bootstrap
from detector.evaluation.scoring import score
from detector.images import ImageRefused
from detector.training.checkpoint import CheckpointError
from detector.training.edits.cifake import Parts, file_sizes, read_parts
from detector.training.packs import PackError
from detector.training.recipe import Recipe
from detector.training.recipes import RecipeError, named
from detector.training.run import Plan, run
from detector.training.tasks import Task

_REFUSED = (PackError, OSError, CheckpointError, ImageRefused, ValueError)


def cifake_edits(  # noqa: PLR0913, PLR0917 - one parameter for each option of the command
    task: Annotated[Task, typer.Argument(help="What edits are told from.")],
    data: Annotated[Path, typer.Option(help="Folder with train/REAL, train/FAKE, test/REAL and test/FAKE.")],
    edits: Annotated[Path, typer.Option(help="Folder with train/train-real-edited/EDITED and the like.")],
    out: Annotated[Path, typer.Option(help="Folder that bundle, checkpoint and figures are written to.")],
    recipe: Annotated[str, typer.Option(help="Name of a recipe.")] = "cifake-edited",
    names: Annotated[Path | None, typer.Option(help="List of the other class's training files, one a line.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's.")] = None,
    threads: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Train on one of CIFAKE's edited sets and print the figures of the test, beside what needs no look at a picture.

    "Edits" that change no pixel are real, and no test file stands in training.
    """
    torch.set_num_threads(threads)
    try:
        chosen = _adapted(named(recipe), epochs)
        listed = None if names is None else frozenset(names.read_text(encoding="utf-8").splitlines())
        parts = read_parts(task, data, edits, listed)
        plan = Plan(parts.training, [data.name, edits.name], None, f"cifake-{task}", "1", out)
        with Bar(chosen.epochs) as bar:
            run(chosen, plan, bar)
        figures = _figures(out, parts)
    except RecipeError as error:
        raise typer.BadParameter(str(error), param_hint="--recipe") from error
    except _REFUSED as error:
        raise typer.BadParameter(str(error)) from error
    (out / "figures.json").write_text(json.dumps({"task": task, **figures}, indent=2) + "\n")
    for name, value in figures.items():
        typer.echo(f"{name}: {value}")


def _adapted(recipe: Recipe, epochs: int | None) -> Recipe:
    return recipe if epochs is None else dataclasses.replace(recipe, epochs=epochs)


def _figures(out: Path, parts: Parts) -> dict[str, Any]:
    bundle, test = load(out), parts.test
    scored = score(bundle.network, bundle.card.input, test)
    probabilities = bundle.card.calibration.probabilities(scored.logits)
    interval = bootstrap(auc, probabilities, scored.labels)
    edited, by_size = float(scored.labels.mean()), auc(file_sizes(test), scored.labels) or 0.0
    return {
        "training images": len(parts.training),
        "test images": len(test),
        "test images that are edited": int(scored.labels.sum()),
        "test files left out as copies": parts.copies,
        "auc": _rounded(auc(probabilities, scored.labels)),
        "auc, 95 % interval": interval and [_rounded(end) for end in interval],
        "accuracy": _rounded(accuracy(probabilities, scored.labels)),
        "accuracy of always naming the larger class": _rounded(max(edited, 1 - edited)),
        "auc of the file's size": _rounded(max(by_size, 1 - by_size)),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
