"""`python -m detector ensemble`: several bundles as one, beside the best of them, on every row."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from detector.bundles import Bundle
from detector.cli.bundles import load_found
from detector.cli.counter import counter
from detector.cli.reports import number, share, span
from detector.evaluation.ensemble import Row, log_odds, row
from detector.evaluation.exclusion import read_exclusion
from detector.evaluation.metrics import Labels
from detector.evaluation.report import scored_by
from detector.evaluation.robustness import CONDITIONS
from detector.training.packs import PackError, Sample, read_packs

_LEAST = 2


def ensemble(
    bundle: Annotated[list[str], typer.Option(help="A member: a folder or a shipped name. At least two.")],
    data: Annotated[list[Path], typer.Option(help="Folder or tar file with one folder per class. Repeatable.")],
    weight: Annotated[list[float] | None, typer.Option(min=0, help="One for each member; alike by default.")] = None,
    condition: Annotated[list[str] | None, typer.Option(help="What is done to each image; all by default.")] = None,
    exclude: Annotated[Path | None, typer.Option(help="List of file names or SHA-256 sums to leave out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Pool the members' log-odds and compare with the best member, image by image, under every condition."""
    _check(bundle, weight, condition or [])
    members = {name: load_found(name) for name in bundle}
    try:
        samples = read_packs(data)
        kept = samples if exclude is None else read_exclusion(exclude).keep(samples)
        rows = {name: _row(members, kept, name, weight) for name in condition or CONDITIONS}
    except (PackError, OSError, ValueError) as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        typer.echo(json.dumps({name: dataclasses.asdict(made) for name, made in rows.items()}))
    else:
        _print(rows)


def _check(bundles: list[str], weights: list[float] | None, conditions: list[str]) -> None:
    if len(set(bundles)) < _LEAST:
        raise typer.BadParameter("an ensemble has at least two different members", param_hint="--bundle")
    if weights is not None and (len(weights) != len(set(bundles)) or not sum(weights) > 0):
        raise typer.BadParameter("must be given once for each member, and not all 0", param_hint="--weight")
    if unknown := set(conditions) - set(CONDITIONS):
        raise typer.BadParameter(
            f"{', '.join(sorted(unknown))} is none of {', '.join(CONDITIONS)}", param_hint="--condition"
        )


def _row(members: dict[str, Bundle], samples: list[Sample], condition: str, weights: list[float] | None) -> Row:
    odds: dict[str, NDArray[np.float64]] = {}
    labels: Labels = np.empty(0, dtype=np.int64)
    for name, member in members.items():
        with counter(f"{name}, {condition}") as count:
            scored = scored_by(member, samples, CONDITIONS[condition], count)
        odds[name], labels = log_odds(scored.logits, member.card.calibration), scored.labels
    return row(odds, labels, weights)


def _print(rows: dict[str, Row]) -> None:
    names = list(next(iter(rows.values())).members)
    table = Table("condition", "images", *names, "ensemble", "over the best", "95 % interval", "McNemar mid-p")
    for condition, made in rows.items():
        table.add_row(condition, f"{made.n:,}", *_cells(made))
    Console().print(table)
    won = sum(made.beaten for made in rows.values())
    Console().print(f"Better than its best member on {won} of {len(rows)} rows", highlight=False)


def _cells(made: Row) -> list[str]:
    difference = made.against_best.differences["accuracy"]
    gained: list[Any] = [None, None] if difference is None else [difference.difference, difference.interval]
    accuracies = [share(value) for value in (*made.members.values(), made.ensemble)]
    return [*accuracies, share(gained[0]), span(gained[1], share), number(made.against_best.mcnemar.mid_p)]
