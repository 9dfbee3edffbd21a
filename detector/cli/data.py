"""`python -m detector data`: other people's archives into packs, and whether a pack is fit to measure by."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from detector.cli.bundles import load_found
from detector.cli.checks import leak_list, print_check
from detector.cli.counter import counter
from detector.cli.text import plain as unmarked
from detector.data.checks import NEAR, Looked, look
from detector.data.checks import check as checked
from detector.data.layouts import LABELS, LAYOUTS, plain
from detector.data.prepare import LEAKED, REPORT, Options
from detector.data.prepare import prepare as prepared
from detector.data.sources import DataError
from detector.evaluation.guards import TOLERANCE, dependences
from detector.training.packs import PackError, read_packs

_SCORED = 24
data = typer.Typer(no_args_is_help=True, help="Make packs out of published data sets, and check packs.")


@data.command()
def prepare(  # noqa: PLR0913, PLR0917 - one parameter for each option of the command
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"One of {', '.join(LAYOUTS)}.")],
    source: Annotated[Path, typer.Argument(help="A zip, tar or parquet file, or a folder.")],
    target: Annotated[Path, typer.Argument(help="The folder that is made.")],
    edits: Annotated[Path | None, typer.Option(help="A second source: CIFAKE's edited sets.")] = None,
    label: Annotated[
        list[str] | None, typer.Option(help="FOLDER=real, ai or edited: what a folder's name means. Repeatable.")
    ] = None,
    square: Annotated[
        int | None, typer.Option(min=8, max=4096, help="Make every picture a square JPEG of so many pixels a side.")
    ] = None,
    test_share: Annotated[
        float, typer.Option(min=0.01, max=0.9, help="Share dealt to the test where the source has no splits.")
    ] = 0.15,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Turn a published data set into a pack: splits, repeats and leaks handled, and a report of all that was done."""
    options = Options(test_share, square, dict(map(_meaning, label or [])), edits)
    try:
        with counter("reading") as count:
            report = prepared(kind, source, target, options, count)
    except DataError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        typer.echo(json.dumps(report))
    else:
        _print(report, target)


@data.command()
def check(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder or tar file with one folder per class.")],
    against: Annotated[list[Path] | None, typer.Option(help="Data that must not hold the same. Repeatable.")] = None,
    near: Annotated[
        int, typer.Option(min=0, max=64, help="Bits of 256 that two hashes of one picture may differ.")
    ] = NEAR,
    leaks: Annotated[
        Path | None, typer.Option(help="File that what stands in both is listed in, for --exclude.")
    ] = None,
    bundle: Annotated[str | None, typer.Option(help="Check also what this bundle's scores depend on.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Say whether figures on a pack mean anything. Exit 0 when every guard holds, 1 when one does not."""
    try:
        looked = _look([directory], "looking")
        other = _look(against, "looking at the others") if against else None
        report = checked(looked, other, near)
        if bundle is not None:
            _add_dependences(report, bundle, looked)
        if leaks is not None:
            leaks.write_text(leak_list(report))
    except (DataError, PackError, OSError) as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        typer.echo(json.dumps(report))
    else:
        print_check(report)
    raise typer.Exit(0 if all(report["passed"].values()) else 1)


def _look(paths: list[Path], text: str) -> Looked:
    with counter(text) as count:
        return look(read_packs(paths), count)


def _add_dependences(report: dict[str, Any], bundle: str, looked: Looked) -> None:
    every = max(1, len(looked.samples) // _SCORED)
    report["dependences"] = dependences(load_found(bundle), looked.samples[::every][:_SCORED])
    report["passed"]["scores depend on pixels alone"] = max(report["dependences"].values()) <= TOLERANCE


def _meaning(argument: str) -> tuple[str, str]:
    name, _, label = argument.partition("=")
    if label not in LABELS or not name:
        raise typer.BadParameter(
            f"{argument} is not FOLDER=LABEL with one of {', '.join(LABELS)}", param_hint="--label"
        )
    return plain(name), label


def _print(report: dict[str, Any], target: Path) -> None:
    console = Console()
    table = Table("split/label", "source", "images")
    for group, sources in report["counts"].items():
        for source, n in sources.items():
            table.add_row(group, unmarked(source), f"{n:,}")
    console.print(table)
    for text, key in (
        ("taken from training as repeats or as pictures of the test", "removed_count"),
        (f"of the test stand in training too, listed in {LEAKED}", "leaked_count"),
        ("could not be used", "rejected_count"),
        ("lay in no folder of a class", "ignored_count"),
    ):
        console.print(f"{report[key]:,} files {text}", highlight=False)
    if report["edits"]["edits"]:
        console.print(f"{len(report['edits']['relabelled']):,} edits change nothing and are real", highlight=False)
    typer.echo(f"{target}: {target / REPORT} says more")
