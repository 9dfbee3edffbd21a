"""`python -m detector evaluate`: figures of one bundle on one set of labelled images."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from detector.bundles import Bundle
from detector.cli.bundles import at_size, load_found
from detector.cli.counter import counter
from detector.cli.reports import print_report
from detector.cli.text import plain
from detector.evaluation.exclusion import read_exclusion
from detector.evaluation.plots import write_plots
from detector.evaluation.report import Report
from detector.evaluation.report import evaluate as figures_of
from detector.evaluation.robustness import CONDITIONS
from detector.training.packs import PackError, Sample, read_packs

AS_IT_IS = next(iter(CONDITIONS))


def evaluate(  # noqa: PLR0917 - one parameter for each option of the command
    bundle: Annotated[str, typer.Option(help="A folder or a shipped name.")],
    data: Annotated[list[Path], typer.Option(help="Folder or tar file with one folder per class. Repeatable.")],
    condition: Annotated[
        list[str] | None,
        typer.Option(help=f"What is done to each image: {', '.join(CONDITIONS)}, or all. Repeatable."),
    ] = None,
    exclude: Annotated[Path | None, typer.Option(help="List of file names or SHA-256 sums to leave out.")] = None,
    plots: Annotated[Path | None, typer.Option(help="Folder that curves and matrix are written to, as PNG.")] = None,
    size: Annotated[int | None, typer.Option(min=32, max=1024, help="Side of the input, not the card's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score labelled images, each fed whole as the bundle's own input: no face search.

    A file that cannot be read is a row with its reason and no part of the figures.
    """
    conditions = _conditions(condition or [AS_IT_IS])
    loaded = at_size(load_found(bundle), size)
    try:
        samples = read_packs(data)
        left = samples if exclude is None else read_exclusion(exclude).keep(samples)
        reports = {name: _measured(loaded, left, name) for name in conditions}
        _plot(plots, loaded, reports)
    except (PackError, OSError) as error:
        raise typer.BadParameter(str(error)) from error
    made = _as_one(loaded, reports, len(samples) - len(left))
    if as_json:
        typer.echo(json.dumps(made))
    else:
        print_report(made, reports)


def _conditions(given: list[str]) -> list[str]:
    if given == ["all"]:
        return list(CONDITIONS)
    if unknown := [name for name in given if name not in CONDITIONS]:
        choice = ", ".join([*CONDITIONS, "all"])
        raise typer.BadParameter(f"{unknown[0]} is none of {choice}", param_hint="--condition")
    return list(dict.fromkeys(given))


def _measured(bundle: Bundle, samples: list[Sample], condition: str) -> Report:
    with counter(condition) as count:
        report = figures_of(bundle, samples, CONDITIONS[condition], count)
    for row in report["unreadable"]:
        Console(stderr=True).print(plain(f"{row['file']}: {row['reason']}"), soft_wrap=True)
    return report


def _plot(folder: Path | None, bundle: Bundle, reports: dict[str, Report]) -> None:
    for condition, report in reports.items():
        if folder is not None:
            at = folder if len(reports) == 1 else folder / condition.replace(" ", "-")
            write_plots(at, report, f"{bundle.card.name} {bundle.card.version}, {condition}, n = {report['n']:,}")


def _as_one(bundle: Bundle, reports: dict[str, Report], excluded: int) -> Report:
    """The first condition's figures, and those of all under "conditions" where more than one was measured."""
    condition, first = next(iter(reports.items()))
    head = {"bundle": bundle.card.name, "version": bundle.card.version, "condition": condition}
    several = {"conditions": reports} if len(reports) > 1 else {}
    return head | first | {"excluded": excluded} | several
