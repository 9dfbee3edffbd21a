"""`python -m detector cross-validate`: how well a recipe does on images that it was not trained on."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from rich.console import Console
from rich.table import Table
from safetensors import SafetensorError

from detector.architectures import ArchitectureError
from detector.cli.progress import Bar
from detector.cli.reports import number, share, span
from detector.cli.text import plain
from detector.evaluation.cross_validation import REPORT
from detector.evaluation.cross_validation import cross_validate as validated
from detector.evaluation.folds import By, folds, with_shuffled_labels
from detector.images import ImageRefused
from detector.training.checkpoint import CheckpointError
from detector.training.packs import PackError, read_packs
from detector.training.recipes import RecipeError, named
from detector.training.run import Plan
from detector.training.subsets import limited

_REFUSED = (PackError, OSError, CheckpointError, ArchitectureError, SafetensorError, ImageRefused, RecipeError)


def cross_validate(  # noqa: PLR0913, PLR0917 - one parameter for each option of the command
    recipe: Annotated[str, typer.Option(help="A named recipe, as for train.")],
    data: Annotated[list[Path], typer.Option(help="Folder or tar file with one folder per class. Repeatable.")],
    out: Annotated[Path, typer.Option(help="Folder that the folds and the report are written to.")],
    by: Annotated[By, typer.Option(help="Folds of images, of whole sources, or one source in each.")] = By.IMAGES,
    count: Annotated[int, typer.Option("--folds", min=2, max=100)] = 5,
    init: Annotated[Path | None, typer.Option(help="Weights (safetensors) that the trunk begins from.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Instead of the recipe's.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Images of each class at most.")] = None,
    shuffle_labels: Annotated[
        bool, typer.Option("--shuffle-labels", help="Deal the labels out anew: a sound pipeline then scores 50 %.")
    ] = False,
    threads: Annotated[int, typer.Option(min=1)] = 2,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda[:n].")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Train a recipe on each fold and judge the rest. The same command again goes on where it was broken off."""
    torch.set_num_threads(threads)
    given: dict[str, Any] = {name: value for name, value in (("epochs", epochs), ("seed", seed)) if value is not None}
    try:
        chosen = dataclasses.replace(named(recipe), **given)
        samples = limited(read_packs(data), limit)
        dealt = with_shuffled_labels(samples, chosen.seed) if shuffle_labels else samples
        parts = folds(dealt, by, count, chosen.seed)
        plan = Plan([], [path.name for path in data], init, chosen.role, "cross-validation", out, device=device)
        out.mkdir(parents=True, exist_ok=True)
        with Bar(chosen.epochs) as bar:
            bar.note(f"{len(dealt):,} images, {len(parts)} folds of {chosen.epochs} epochs of {chosen.architecture}")
            report = validated(chosen, plan, parts, bar, bar.note)
    except _REFUSED as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        typer.echo(json.dumps(report))
    else:
        _print(report, out)


def _print(report: dict[str, Any], out: Path) -> None:
    console = Console()
    table = Table("fold", "trained on", "judged", "accuracy", "balanced accuracy", "AUC", "seconds")
    for row in report["folds"]:
        figures = (share(row["accuracy"]), share(row["balanced_accuracy"]), number(row["auc"]))
        table.add_row(plain(row["fold"]), f"{row['training']:,}", f"{row['n']:,}", *figures, f"{row['seconds']:,}")
    console.print(table)
    summary = Table("over all folds", "mean", "deviation", "pooled", "95 % interval of that")
    for name, row in report["mean"].items():
        shown = number if name == "auc" else share
        means = ("-", "-") if row is None else (shown(row["mean"]), shown(row["deviation"]))
        pooled = shown(report["pooled"][name]), span(report["pooled"]["intervals"][name], shown)
        summary.add_row(name.replace("_", " "), *means, *pooled)
    console.print(summary)
    typer.echo(f"{out / REPORT} says more")
