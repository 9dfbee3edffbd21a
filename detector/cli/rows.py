"""Rows of a scan on standard output."""

import csv
import json
import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from detector.bundles.card import ROLES
from detector.cli.text import plain, shown

Row = dict[str, Any]
_COLUMNS = ("path", "label", "probability", "confidence", *ROLES, "error")


class Format(StrEnum):
    """How rows are written: a table for people, or one JSON object or CSV line for each file."""

    TABLE = "table"
    JSONL = "jsonl"
    CSV = "csv"


def write(rows: Iterable[Row], form: Format) -> bool:
    """Write every row as soon as it is there (a table in the end). Whether one of them has an error."""
    if form is Format.TABLE:
        return _table(rows)
    return json_lines(rows) if form is Format.JSONL else _csv(rows)


def json_lines(rows: Iterable[Row]) -> bool:
    """One object a line, each as soon as it is there. Whether one of them has an error."""
    failed = False
    for row in rows:
        typer.echo(json.dumps(row))
        failed |= row["error"] is not None
    return failed


def _csv(rows: Iterable[Row]) -> bool:
    """The column of a role has the highest probability that its model gave: of several faces, the worst."""
    failed = False
    writer = csv.writer(sys.stdout)
    writer.writerow(_COLUMNS)
    for row in rows:
        failed |= row["error"] is not None
        values = {**row, "path": _harmless(row["path"])} | _by_role(row)
        writer.writerow("" if values.get(name) is None else values[name] for name in _COLUMNS)
    return failed


def _by_role(row: Row) -> dict[str, float]:
    found: dict[str, float] = {}
    for finding in row["findings"]:
        found[finding["role"]] = max(finding["probability"], found.get(finding["role"], 0.0))
    return found


def _harmless(path: str) -> str:
    """A path that no spreadsheet takes for a formula."""
    name = shown(path)
    return f"./{name}" if name.startswith(("=", "+", "-", "@")) else name


def _table(rows: Iterable[Row]) -> bool:
    table, failed = Table("file", "label", "confidence", "findings"), False
    for row in rows:
        failed |= row["error"] is not None
        confidence = "-" if row["confidence"] is None else f"{row['confidence']:.0%}"
        table.add_row(plain(row["path"]), row["label"] or "-", confidence, plain(row["error"] or _summary(row)))
    Console().print(table)
    return failed


def _summary(row: Row) -> str:
    return ", ".join(f"{finding['role']} {finding['probability']:.0%}" for finding in row["findings"])
