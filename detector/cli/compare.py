"""`python -m detector compare A B`: is one bundle better than the other on the same images, or was it luck."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from detector.bundles import Bundle
from detector.cli.bundles import load_found
from detector.cli.counter import counter
from detector.cli.evaluate import AS_IT_IS
from detector.cli.reports import number, share, span
from detector.evaluation.comparison import Comparison
from detector.evaluation.comparison import compare as comparison_of
from detector.evaluation.exclusion import read_exclusion
from detector.evaluation.metrics import Labels, Scores
from detector.evaluation.report import scored_by
from detector.evaluation.robustness import CONDITIONS
from detector.training.packs import PackError, Sample, read_packs


def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="A bundle: a folder or a shipped name.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    data: Annotated[list[Path], typer.Option(help="Folder or tar file with one folder per class. Repeatable.")],
    condition: Annotated[str, typer.Option(help=f"What is done to each image: {', '.join(CONDITIONS)}.")] = AS_IT_IS,
    exclude: Annotated[Path | None, typer.Option(help="List of file names or SHA-256 sums to leave out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge the same images by two bundles; test and interval of the difference are paired, image by image."""
    if condition not in CONDITIONS:
        raise typer.BadParameter(f"must be one of {', '.join(CONDITIONS)}", param_hint="--condition")
    bundles = load_found(a), load_found(b)
    try:
        samples = read_packs(data)
        kept = samples if exclude is None else read_exclusion(exclude).keep(samples)
        (of_a, labels), (of_b, _) = (_probabilities(bundle, kept, condition) for bundle in bundles)
    except (PackError, OSError) as error:
        raise typer.BadParameter(str(error)) from error
    made = comparison_of(of_a, of_b, labels)
    if as_json:
        typer.echo(json.dumps(_as_json(bundles, condition, made, len(kept) - made.n)))
    else:
        _print(bundles, made)


def _probabilities(bundle: Bundle, samples: list[Sample], condition: str) -> tuple[Scores, Labels]:
    with counter(bundle.card.name) as count:
        scored = scored_by(bundle, samples, CONDITIONS[condition], count)
    return bundle.card.calibration.probabilities(scored.logits), scored.labels


def _as_json(bundles: tuple[Bundle, Bundle], condition: str, made: Comparison, unreadable: int) -> dict[str, Any]:
    named = {key: _name(bundle) for key, bundle in zip("ab", bundles, strict=True)}
    return named | {"condition": condition, "unreadable": unreadable} | dataclasses.asdict(made)


def _print(bundles: tuple[Bundle, Bundle], made: Comparison) -> None:
    console = Console()
    names = [f"{key}: {_name(bundle)}" for key, bundle in zip("AB", bundles, strict=True)]
    console.print(f"{', '.join(names)}, on the same {made.n:,} images", highlight=False, markup=False)
    table = Table("figure", "A", "B", "B - A", "95 % interval")
    for name, row in made.differences.items():
        shown = number if name == "auc" else share
        values = ["-"] * 4 if row is None else [shown(row.a), shown(row.b), shown(row.difference)]
        table.add_row(name.replace("_", " "), *values, *([] if row is None else [span(row.interval, shown)]))
    console.print(table)
    test = made.mcnemar
    console.print(
        f"Only A is right {test.only_a:,} times, only B {test.only_b:,} times:"
        f" McNemar mid-p {test.mid_p:.4g}, exact p {test.exact:.4g}",
        highlight=False,
    )


def _name(bundle: Bundle) -> str:
    return f"{bundle.card.name} {bundle.card.version} ({bundle.card.weights_sha256[:12]})"
