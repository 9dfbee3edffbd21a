"""The report of `data check` on standard output, and its list of leaks."""

from typing import Any

from rich.console import Console
from rich.table import Table

from detector.cli.reports import number, share, span
from detector.cli.text import plain

_SHOWN = 10


def print_check(report: dict[str, Any]) -> None:
    """Print what was found, and which guards hold."""
    console = Console()
    for label, sources in report["counts"].items():
        console.print(f"{sum(sources.values()):,} {label}, of {len(sources):,} sources", highlight=False)
    console.print(f"{report['repeats']['same_bytes']:,} files repeat another's bytes", highlight=False)
    console.print(_giveaways(report))
    rows = [f"cannot be read: {row['file']}: {row['reason']}" for row in report["unreadable"]]
    rows += [f"under both labels: {', '.join(group)}" for group in report["repeats"]["both_labels"]]
    rows += [f"{row['reason']} ({row['bits']} bits): {row['file']} = {row['as']}" for row in _both(report)]
    for row in rows[:_SHOWN]:
        console.print(plain(row), soft_wrap=True)
    if len(rows) > _SHOWN:
        console.print(f"and {len(rows) - _SHOWN:,} more; --json has them all", highlight=False)
    for name, value in report.get("dependences", {}).items():
        console.print(f"largest change of a probability by {name}: {value:.2g}", highlight=False)
    verdicts = Table("guard", "")
    for guard, held in report["passed"].items():
        verdicts.add_row(guard, "holds" if held else "FAILS")
    console.print(verdicts)


def leak_list(report: dict[str, Any]) -> str:
    """One line for each picture that stands in both: SHA-256 and path, as `sha256sum` writes them."""
    return "".join(f"{row['sha256']}  {row['file']}\n" for row in _both(report))


def _both(report: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = report.get("against", {}).get("both", [])
    return found


def _giveaways(report: dict[str, Any]) -> Table:
    table = Table("told by", "AUC", "95 % interval", "balanced accuracy", "AUC on sources left out")
    for name, key in (("file size alone", "file_size"), ("size, format and metadata", "metadata")):
        row = report[key]
        cells = (number(row["auc"]), span(row["interval"], number), share(row["balanced_accuracy"]))
        table.add_row(name, *cells, number(row["auc_across_sources"]))
    row = report["shuffled_labels"]
    table.add_row("thumbnails, labels shuffled", number(row["auc"]), "", share(row["balanced_accuracy"]), "")
    return table
