"""Reports of an evaluation as tables on standard output."""

from typing import Any

from rich.console import Console
from rich.table import Table

from detector.cli.text import plain

Report = dict[str, Any]
_SHARES = ("accuracy", "balanced_accuracy", "precision", "recall", "f1")
_COLUMNS = ("accuracy", "balanced_accuracy", "auc", "ece", "false_alarm_rate", "abstained")


def print_report(report: Report, conditions: dict[str, Report]) -> None:
    """Print the figures of the first condition, a row for each condition where there are several, and the sources."""
    console = Console()
    unread = len(report["unreadable"])
    console.print(
        f"{report['bundle']} {report['version']} on {report['n']:,} images, {report['condition']}"
        f" ({report['excluded']:,} excluded, {unread:,} unreadable)",
        highlight=False,
        markup=False,
    )
    for table in (_figures(report), _confusion(report), _answered(report)):
        console.print(table)
    if len(conditions) > 1:
        console.print(_conditions(conditions))
    console.print(_sources(report))


def _figures(report: Report) -> Table:
    table = Table("figure", "value", "95 % interval")
    for name in _SHARES:
        table.add_row(name.replace("_", " "), share(report[name]), span(report["intervals"][name], share))
    table.add_row("AUC", number(report["auc"]), span(report["intervals"]["auc"], number))
    band = f"by chance alone {span(report['ece_band'], number)}"
    table.add_row("calibration error", number(report["ece"]), band)
    table.add_row("false alarms", share(report["false_alarm_rate"]), "")
    table.add_row("abstained", share(report["abstained"]), "")
    return table


def _confusion(report: Report) -> Table:
    table = Table("is", *(f"called {name}" for name in report["confusion"]))
    for true, row in report["confusion"].items():
        table.add_row(true, *(f"{count:,}" for count in row.values()))
    return table


def _answered(report: Report) -> Table:
    table = Table("answered", "images", "error among them", "95 % interval")
    rows = [(f"{row['share']:.0%}", row) for row in report["error_by_share"]]
    if report["answered"] is not None:
        rows.append((f"{report['answered']['share']:.1%} (the card's thresholds)", report["answered"]))
    for text, row in rows:
        table.add_row(text, f"{row['n']:,}", share(row["error"]), span(row["interval"], share))
    return table


def _conditions(conditions: dict[str, Report]) -> Table:
    table = Table("condition", "images", *(name.replace("_", " ") for name in _COLUMNS))
    for name, report in conditions.items():
        cells = [number(report[key]) if key in {"auc", "ece"} else share(report[key]) for key in _COLUMNS]
        table.add_row(name, f"{report['n']:,}", *cells)
    return table


def _sources(report: Report) -> Table:
    table = Table("source", "class", "images", "judged rightly", "95 % interval")
    for name, row in report["sources"].items():
        cells = (f"{row['n']:,}", share(row["accuracy"]), span(row["interval"], share))
        table.add_row(plain(name), row["label"], *cells)
    for row in report["small_sources"].values():
        cells = (f"{row['n']:,}", share(row["accuracy"]), span(row["interval"], share))
        table.add_row("all sources under 20 images", row["label"], *cells)
    return table


def share(value: float | None) -> str:
    """A share as per cent, or "-"."""
    return "-" if value is None else f"{value:.1%}"


def number(value: float | None) -> str:
    """A number with three places, or "-"."""
    return "-" if value is None else f"{value:.3f}"


def span(ends: Any, shown: Any) -> str:
    """An interval, each end shown by `shown`, or "-"."""
    return "-" if ends is None else f"{shown(ends[0])} to {shown(ends[1])}"
