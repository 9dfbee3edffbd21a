"""`python -m detector evaluate`: figures of one bundle on one set of labelled images."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from detector.cli.bundles import load_found
from detector.evaluation.report import Report
from detector.evaluation.report import evaluate as figures_of
from detector.evaluation.robustness import CONDITIONS
from detector.images import ImageRefused
from detector.training.packs import PackError, read_packs


def evaluate(
    bundle: Annotated[str, typer.Option(help="A folder or a shipped name.")],
    data: Annotated[list[Path], typer.Option(help="Folder or tar file with one folder per class. Repeatable.")],
    condition: Annotated[str, typer.Option(help=f"What is done to each image: {', '.join(CONDITIONS)}.")] = "as it is",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score labelled images, each fed whole as the bundle's own input: no face search."""
    if condition not in CONDITIONS:
        raise typer.BadParameter(f"must be one of {', '.join(CONDITIONS)}", param_hint="--condition")
    loaded = load_found(bundle)
    try:
        report = figures_of(loaded, read_packs(data), CONDITIONS[condition])
    except (PackError, OSError, ImageRefused) as error:
        raise typer.BadParameter(str(error), param_hint="--data") from error
    if as_json:
        typer.echo(json.dumps({"bundle": loaded.card.name, "version": loaded.card.version, **report}))
    else:
        _print(report)


def _print(report: Report) -> None:
    console = Console()
    for name, value in report.items():
        if name not in {"sources", "intervals"}:
            console.print(f"{name}: {value}")
    table = Table("source", "class", "images", "judged rightly", "95 % interval")
    for name, row in report["sources"].items():
        low, high = row["interval"]
        table.add_row(name, row["label"], str(row["n"]), f"{row['accuracy']:.1%}", f"{low:.1%} to {high:.1%}")
    console.print(table)
