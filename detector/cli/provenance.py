"""`python -m detector provenance`: what files say of their own origin."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from detector.cli.rows import json_lines
from detector.cli.scanning import files_of, read_picture
from detector.cli.text import plain
from detector.provenance import NOBODY, TrustList, TrustListError, load_trust_list

Row = dict[str, Any]


def provenance(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, folders or patterns like '**/*.jpg'.")],
    trust_list: Annotated[
        Path | None, typer.Option(help="PEM file of the roots whose C2PA signatures are believed; none without it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Read C2PA manifests, IPTC, EXIF, texts of generators and software tags. Nothing is fetched.

    Exit 0 when every file was read, 1 when one could not be, 2 on wrong usage.
    """
    trusted = _trusted(trust_list)
    rows = (_row(path, trusted) for path in files_of(paths))
    failed = json_lines(rows) if as_json else _print_table(rows)
    raise typer.Exit(1 if failed else 0)


def _trusted(path: Path | None) -> TrustList:
    try:
        return NOBODY if path is None else load_trust_list(path)
    except TrustListError as error:
        raise typer.BadParameter(str(error), param_hint="--trust-list") from error


def _row(path: Path, trusted: TrustList) -> Row:
    picture = read_picture(path, trusted)
    if isinstance(picture, str):
        return {"path": str(path), "provenance": [], "error": picture}
    return {"path": str(path), "provenance": picture.provenance, "error": None}


def _print_table(rows: Iterable[Row]) -> bool:
    table, failed, silent = Table("file", "kind", "trust", "suggests", "what it says"), False, False
    for row in rows:
        failed |= row["error"] is not None
        silent |= not row["provenance"] and row["error"] is None
        for told in row["provenance"] or [{"summary": row["error"] or "nothing found"}]:
            shown = [told.get(name, "-") for name in ("kind", "trust", "suggests", "summary")]
            table.add_row(*map(plain, [row["path"], *shown]))
    Console().print(table)
    if silent:
        typer.echo("That nothing was found says nothing about an image.")
    return failed
