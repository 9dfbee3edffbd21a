"""Reports as pictures: reliability curve, confusion matrix, and error against the share answered."""

from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

_BLUE, _GREY, _RED = "#2b5c8a", "#8a8a8a", "#b3412e"


def write_plots(folder: Path, report: dict[str, Any], title: str) -> list[Path]:
    """Write reliability.png, confusion.png and error-by-share.png of a report to `folder`; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    drawings = {"reliability": _reliability, "confusion": _confusion, "error-by-share": _error_by_share}
    written = []
    for name, draw in drawings.items():
        figure = Figure(figsize=(5, 4.4), dpi=120, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        draw(axes, report)
        axes.set_title(title, fontsize=10)
        path = folder / f"{name}.png"
        figure.savefig(path)
        written.append(path)
    return written


def _reliability(axes: Axes, report: dict[str, Any]) -> None:
    rows = report["reliability"]
    given, seen = [row["probability"] for row in rows], [row["share"] for row in rows]
    # a share of 0 or 1 can lie a rounding outside Wilson's interval
    below = [max(0.0, row["share"] - row["interval"][0]) for row in rows]
    above = [max(0.0, row["interval"][1] - row["share"]) for row in rows]
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1)
    axes.errorbar(given, seen, yerr=[below, above], color=_BLUE, marker="o", markersize=4, capsize=2)
    low, high = report["ece_band"]
    axes.text(0.03, 0.92, f"calibration error {report['ece']:.3f}\nby chance alone {low:.3f} to {high:.3f}", fontsize=8)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability given", ylabel="share that is not real")


def _confusion(axes: Axes, report: dict[str, Any]) -> None:
    names = list(report["confusion"])
    counts = [[report["confusion"][true][given] for given in names] for true in names]
    shares = [[count / max(1, sum(row)) for count in row] for row in counts]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for true, row in enumerate(counts):
        for given, count in enumerate(row):
            colour = "white" if shares[true][given] > 0.5 else "black"
            text = f"{count:,}\n{shares[true][given]:.1%}"
            axes.text(given, true, text, ha="center", va="center", color=colour)
    axes.set(xticks=[0, 1], xticklabels=names, yticks=[0, 1], yticklabels=names, xlabel="called", ylabel="is")


def _error_by_share(axes: Axes, report: dict[str, Any]) -> None:
    rows = report["error_by_share"]
    shares = [row["share"] for row in rows]
    low, high = ([row["interval"][end] for row in rows] for end in (0, 1))
    axes.fill_between(shares, low, high, color=_BLUE, alpha=0.2, linewidth=0)
    axes.plot(shares, [row["error"] for row in rows], color=_BLUE, marker="o", markersize=4)
    if report["answered"] is not None:
        axes.plot(report["answered"]["share"], report["answered"]["error"], color=_RED, marker="x", linestyle="none")
    axes.set(xlabel="share of images answered, surest first", ylabel="error among them", ylim=(0, None))
