"""`python -m detector edits`: what a bundle finds of real and made edits, and how its maps lie on them."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from detector.cli.bundles import load_found
from detector.cli.counter import counter
from detector.evaluation.edits import Kind, made_edits, real_edits
from detector.images import ImageRefused
from detector.training.packs import PackError, read_packs


def edits(
    bundle: Annotated[str, typer.Option(help="A folder or a shipped name.")] = "edited",
    data: Annotated[list[Path] | None, typer.Option(help="Edited images with masks beside them. Repeatable.")] = None,
    photographs: Annotated[
        list[Path] | None, typer.Option(help="Real images that edits are made on. Repeatable.")
    ] = None,
    each: Annotated[int, typer.Option(min=1, max=10_000, help="Photographs for each kind of edit.")] = 50,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure real edits by source and made ones by kind, those of training and those never seen, with pixel AUC."""
    if not data and not photographs:
        raise typer.BadParameter("give --data, --photographs or both")
    loaded = load_found(bundle)
    tables: dict[str, dict[str, Kind]] = {}
    try:
        with counter("looking at edits") as count:
            if data:
                tables["real edits"] = real_edits(loaded, read_packs(data), count)
            if photographs:
                real = [sample for sample in read_packs(photographs) if sample.label == 0]
                tables["made edits"] = made_edits(loaded, real, each, seed, count)
    except (PackError, ImageRefused, OSError, ValueError) as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        rows = {name: {kind: dataclasses.asdict(row) for kind, row in table.items()} for name, table in tables.items()}
        typer.echo(json.dumps(rows))
    else:
        for name, table in tables.items():
            Console().print(_table(name, table))


def _table(name: str, rows: dict[str, Kind]) -> Table:
    table = Table(name, "in training", "images", "found", "95 % interval", "AUC", "pixel AUC")
    for kind, row in rows.items():
        low, high = row.interval
        seen = {None: "-", True: "yes", False: "no"}[row.trained]
        table.add_row(
            kind,
            seen,
            str(row.n),
            f"{row.found:.1%}",
            f"{low:.1%} to {high:.1%}",
            _figure(row.auc),
            _figure(row.pixel_auc),
        )
    return table


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
