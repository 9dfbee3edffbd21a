"""The sweep's figures in the shape of the paper's tables 2 to 11, in Markdown."""

from typing import Any

METRICS = ("accuracy", "loss", "precision", "recall", "f1")
_NAMES = {"accuracy": "accuracy", "loss": "loss", "precision": "precision", "recall": "recall", "f1": "F1"}
_EXTRACTORS = dict(zip(METRICS, (2, 3, 4, 5, 6), strict=True))
_DENSE = dict(zip(METRICS, (7, 8, 9, 10, 11), strict=True))
Report = dict[str, Any]


def sweep_tables(report: Report) -> str:
    """Ten tables: five figures of the extractors by filters and layers, five of the dense variants by neurons."""
    extractor = report["extractor"]
    first = [_table(report, metric, _EXTRACTORS[metric], "filters", "cifake") for metric in METRICS]
    second = [_table(report, metric, _DENSE[metric], "neurons", extractor) for metric in METRICS]
    return "\n".join((*first, *second))


def _table(report: Report, metric: str, number: int, rows: str, prefix: str) -> str:
    layers = report["grid"]["layers"]
    what = "feature extractors" if rows == "filters" else f"dense layers on {prefix}"
    head = f"Table {number}: {_NAMES[metric]} of {what}"
    names = f"| {rows} | {' | '.join(f'{count} layers' for count in layers)} |"
    lines = [_line(report, metric, prefix, size) for size in report["grid"][rows]]
    return "\n".join((head, "", names, "|---" * (1 + len(layers)) + "|", *lines, ""))


def _line(report: Report, metric: str, prefix: str, size: int) -> str:
    found = [report["networks"][f"{prefix}-{size}x{layers}"]["test"][metric] for layers in report["grid"]["layers"]]
    return f"| {size} | {' | '.join(_cell(metric, value) for value in found)} |"


def _cell(metric: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.2%}" if metric == "accuracy" else f"{value:.3f}"
