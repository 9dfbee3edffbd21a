"""`python -m detector explain-check`: whether a bundle's heatmaps deserve to be shown, and by which method."""

import json
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from detector.cli.bundles import find, load_found
from detector.evaluation.explanations.judge import Report, Trial, judge, known_edits
from detector.evaluation.explanations.masks import Masked, from_originals
from detector.evaluation.explanations.record import keep
from detector.images import ImageRefused
from detector.training.packs import PackError, read_packs


def explain_check(  # noqa: PLR0913, PLR0917 - one parameter for each option of the command
    bundle: Annotated[str, typer.Option(help="A folder or a shipped name.")],
    data: Annotated[list[Path], typer.Option(help="Folder or tar file with one folder per class. Repeatable.")],
    edited: Annotated[Path | None, typer.Option(help="Edited pictures, for --originals.")] = None,
    originals: Annotated[Path | None, typer.Option(help="Their originals, of the same file names.")] = None,
    pictures: Annotated[
        int, typer.Option(min=2, help="Pictures for insertion, deletion and shuffled weights.")
    ] = Trial.pictures,
    masked: Annotated[int, typer.Option(min=1, help="Pictures with known edits, of each kind.")] = Trial.masked,
    seed: Annotated[int, typer.Option()] = 0,
    write: Annotated[bool, typer.Option("--write", help="Keep the figures, and the choice in the card.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge every map of a bundle beside a random one and a centred Gaussian, and choose the one to show, if any."""
    if (edited is None) != (originals is None):
        raise typer.BadParameter("--edited and --originals go together")
    loaded, trial = load_found(bundle), Trial(pictures, masked, seed)
    try:
        samples = read_packs(data)
        known = known_edits(loaded, samples, trial) | _compared(edited, originals, loaded.card.input.size, masked)
        report = judge(loaded, samples, known, trial)
    except (PackError, ValueError, OSError, ImageRefused) as error:
        raise typer.BadParameter(str(error), param_hint="--data") from error
    report = {**_of(loaded.card.name, loaded.card.version, data, trial), **report}
    if write:
        keep(find(bundle), report)
    if as_json:
        typer.echo(json.dumps(report))
    else:
        _print(report)


def _of(name: str, version: str, data: list[Path], trial: Trial) -> Report:
    return {"bundle": name, "version": version, "data": [path.name for path in data], "seed": trial.seed}


def _compared(edited: Path | None, originals: Path | None, size: int, most: int) -> dict[str, list[Masked]]:
    if edited is None or originals is None:
        return {}
    found = from_originals(read_packs([edited]), originals, size)
    return {"compared with originals": list(islice(found, most))}


def _print(report: Report) -> None:
    console = Console()
    table = Table("map", "insertion", "deletion", *(f"rank correlation, {stage}" for stage in report["randomisation"]))
    for name, row in report["faithfulness"].items():
        shuffled = [stage.get(name) for stage in report["randomisation"].values()]
        table.add_row(name, *(_number(value) for value in (row["insertion"], row["deletion"], *shuffled)))
    console.print(table)
    for place, found in report["masks"].items():
        console.print(f"{place}: {found['pictures']} pictures, {found['found']:.0%} of them found", highlight=False)
        table = Table("map", "pointing", "IoU", "pixel AUC")
        for name, row in found["maps"].items():
            table.add_row(name, *(_number(value) for value in (row["pointing"], row["iou"], row["auc"][0])))
        console.print(table)
    for name, reasons in report["checks"].items():
        console.print(f"{name}: {'; '.join(reasons) or 'passed'}", highlight=False)
    console.print(f"chosen: {report['chosen']}", highlight=False)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
