"""`docs/reproductions.md` out of the runs' reports: nothing in it is written by hand."""

import json
from pathlib import Path
from statistics import mean
from typing import Any

from detector.training.references.rows import ROWS, Protocol, Row
from detector.training.references.sweep import REPORT as SWEEP
from detector.training.references.tables import sweep_tables

Report = dict[str, Any]
_HEAD = """# The references, reproduced

Written by `python -m detector reproductions --reports docs/reproductions --out docs/reproductions.md`; do not edit.

Each network is built as its authors described it, trained by the recipe of its name, and tested once, at a probability
of 0.5. REAL is the positive class, as with them. "Without leaks" leaves out test images that stand byte by byte
(SHA-256) in the training part. In brackets: 95 % intervals by bootstrap over the test images; they say nothing of what
another seed would give, which the rows of several seeds show. Seconds are of training alone, on a machine that other
work shared: less is possible. Where fewer images or epochs than the recipe's were used, the row says how many. Of the
official CIFAKE test images about half are at hand: their number stands in the row.

Mind the last digit, and the one before it. A network trained at a constant rate, without an average of its weights,
ends where it happens to stand: `fakenet2-medium` with seed 0 ended at 84.9 % by one state of this code and at 90.0 %
by a later one, while its losses differed by 0.005. The later run stands below.

`reproduce` makes figures. A bundle of the same network, calibrated and fit for service, is made by `train`, e.g.
`python -m detector train --recipe villarreal-faces --data faces/train --out runs/villarreal-faces` (35 MB).
"""


_SWEEP = "python -m detector sweep --data cifake/train --test cifake/test --lists lists"


class PageError(ValueError):
    """A report that cannot be read, or none at all."""


def page(folder: Path) -> str:
    """The page of all reports in the folder, in the order of the rows. Raises PageError."""
    found = {path.stem: _read(path) for path in sorted(folder.glob("*.json")) if path.name != SWEEP}
    if not found:
        raise PageError(f"{folder} holds no reports.")
    swept = _read(folder / SWEEP) if (folder / SWEEP).exists() else None
    parts = [_HEAD, _overview(found), _means(found), _folders(found), _sources(found), _commands(found)]
    last = [_sweep(swept) if swept else "", _absent(found, swept is not None)]
    return "\n".join(part for part in parts + last if part)


def _read(path: Path) -> Report:
    try:
        report = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise PageError(f"{path} cannot be read: {error}.") from error
    if not isinstance(report, dict) or not ({"row", "networks"} & set(report)):
        raise PageError(f"{path} is no report of a reproduction.")
    return report


def _rows(found: dict[str, Report]) -> list[tuple[Row, list[Report]]]:
    rows = [(row, [report for report in found.values() if report["row"] == row.name]) for row in ROWS.values()]
    return [(row, sorted(reports, key=lambda report: report["seed"])) for row, reports in rows if reports]


def _overview(found: dict[str, Report]) -> str:
    terms, measured = "row | seed | trained on | epochs", "tested on | accuracy | without leaks | F1 | AUC"
    lines = [_line(row, report) for row, reports in _rows(found) for report in reports]
    return "\n".join(
        (
            "## Side by side",
            "",
            f"| {terms} | {measured} | theirs | seconds | hardware |",
            "|---" * 12 + "|",
            *lines,
            "",
        )
    )


def _line(row: Row, report: Report) -> str:
    first = next(iter(report["test"].values()))
    clean = report["test"].get("test without leaks")
    images, machine = report["images"], report["machine"]
    cells = [
        f"`{row.name}`",
        report["seed"],
        f"{images['0']:,} + {images['1']:,} of {images['available']:,}",
        f"{report['epochs']} of {report['recipe_epochs']}",
        first["n"],
        _share(first, "accuracy"),
        _share(clean, "accuracy") if clean else "none leaked",
        _number(first, "f1"),
        _number(first, "auc"),
        row.theirs,
        report["seconds"],
        f"{machine['name']}, {machine['threads']} thread(s), {machine['precision']}",
    ]
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _means(found: dict[str, Report]) -> str:
    several = [(row, reports) for row, reports in _rows(found) if len(reports) > 1]
    lines = [_mean(row, reports) for row, reports in several]
    if not lines:
        return ""
    head = "| row | seeds | mean accuracy | lowest to highest |"
    return "\n".join(("## Over several seeds", "", head, "|---|---|---|---|", *lines, ""))


def _mean(row: Row, reports: list[Report]) -> str:
    values = [next(iter(report["test"].values()))["accuracy"] for report in reports]
    return f"| `{row.name}` | {len(values)} | {mean(values):.2%} | {min(values):.2%} to {max(values):.2%} |"


def _folders(found: dict[str, Report]) -> str:
    chosen = [reports for row, reports in _rows(found) if row.protocol in {Protocol.FOLDERS, Protocol.FOLDS}]
    lines = [
        f"| `{report['row']}` | {name} | {figures['n']} | {_share(figures, 'accuracy')} | "
        f"{_plain(figures['balanced_accuracy'])} | {_number(figures, 'auc')} |"
        for reports in chosen
        for report in reports
        for name, figures in report["test"].items()
    ]
    if not lines:
        return ""
    head = "| row | tested on | images | accuracy | balanced accuracy | AUC |"
    return "\n".join(("## Other folders, and folds", "", head, "|---" * 6 + "|", *lines, ""))


def _sources(found: dict[str, Report]) -> str:
    lines = [
        f"| `{report['row']}` | {name} | {source} | {entry['n']} | {entry['accuracy']:.1%} {_span(entry['interval'])} |"
        for _, reports in _rows(found)
        for report in reports[:1]
        for name, figures in report["test"].items()
        for source, entry in figures.get("sources", {}).items()
    ]
    if not lines:
        return ""
    head = "| row | tested on | source | images | judged rightly |"
    return "\n".join(("## By source", "", head, "|---" * 5 + "|", *lines, ""))


def _commands(found: dict[str, Report]) -> str:
    lines = [
        f"python -m detector reproduce {row.name} {row.example} --epochs {report['epochs']} --seed {report['seed']}"
        f"{'' if report['began_from'] == 'random weights' else ' --init ' + report['began_from']}"
        f"{' --limit ' + str(report['limit']) if report.get('limit') else ''}"
        f" --threads {report['machine']['threads']} --out runs"
        for row, reports in _rows(found)
        for report in reports
    ]
    return "\n".join(("## Commands", "", "```", *lines, "```", ""))


def _absent(found: dict[str, Report], swept: bool) -> str:
    known = {report["row"] for report in found.values()}
    lines = [f"python -m detector reproduce {row.name} {row.example} --out runs" for row in ROWS.values()]
    left = [line for line, name in zip(lines, ROWS, strict=True) if name not in known]
    left += [] if swept else [f"{_SWEEP} --out runs"]
    if not left:
        return ""
    return "\n".join(("## Not run yet", "", "No report of these is at hand.", "", "```", *left, "```", ""))


def _sweep(report: Report) -> str:
    images, machine = report["images"], report["machine"]
    seconds = sum(network["seconds"] for network in report["networks"].values())
    forced = "forced" if report["forced"] else "the lowest validation loss"
    extractor = f" --extractor {report['forced']}" if report["forced"] else ""
    return f"""## The 36 networks

Trained on {images["0"]:,} + {images["1"]:,} images for {report["epochs"]} epochs each, seed {report["seed"]}; chosen on
{report["validation_images"]:,} others; tested once on {report["test_images"]:,}, of which {report["leaked"]} stand in
training. Dense layers on `{report["extractor"]}` ({forced}; theirs: 2 x 32). {seconds:,} seconds of training on
{machine["name"]}, {machine["threads"]} thread(s), {machine["precision"]}. Theirs, on 100,000 images: 92.98 % without
dense layers, 93.55 % and F1 0.936 with one of 64.

```
{_SWEEP} --epochs {report["epochs"]}{extractor} --out runs
```

{sweep_tables(report)}"""


def _share(figures: Report, name: str) -> str:
    value = figures[name]
    return "-" if value is None else f"{value:.2%} {_span(figures['intervals'].get(name))}".strip()


def _span(ends: list[float] | None) -> str:
    return f"({ends[0]:.1%} to {ends[1]:.1%})" if ends else ""


def _number(figures: Report, name: str) -> str:
    return "-" if figures[name] is None else f"{figures[name]:.3f}"


def _plain(value: float | None) -> str:
    return "one class" if value is None else f"{value:.1%}"
