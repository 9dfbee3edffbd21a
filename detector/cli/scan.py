"""`python -m detector scan`: what the shipped models say of files."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from detector import images
from detector.bundles import load, shipped, shipped_names
from detector.bundles.card import ROLES
from detector.cli.heatmaps import write_heatmaps
from detector.detect import Detector, Observation
from detector.judgement import judge, label_of

Row = dict[str, Any]


@dataclass(frozen=True)
class Scanner:
    """The shipped models, and where heatmaps go."""

    detector: Detector
    cards: dict[str, Any]
    heatmaps: Path | None

    def row(self, path: Path) -> Row:
        """One file's row; a file that is missing or broken has its reason in `error`, and nothing is raised."""
        try:
            image = images.read(path.read_bytes())
        except (OSError, images.ImageRefused) as error:
            return _row(path, error=_reason(error))
        observations = self.detector.analyse([image], explain=self.heatmaps is not None)[0].observations
        if self.heatmaps is not None:
            write_heatmaps(self.heatmaps, path, image, observations)
        judgement = judge(observations, self.cards)
        findings = [self._finding(observation) for observation in observations]
        return _row(path, judgement.label, judgement.probability, judgement.confidence, findings)

    def _finding(self, seen: Observation) -> Row:
        label = label_of(seen.role, seen.probability, self.cards[seen.role].thresholds)
        box = None if seen.box is None else [seen.box.x, seen.box.y, seen.box.width, seen.box.height]
        model = {"name": seen.model_name, "version": seen.model_version}
        shares = {"probability": round(seen.probability, 4), "score": round(seen.score, 4)}
        return {"role": seen.role, "model": model, "label": label, **shares, "box": box}


def scan(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    heatmaps: Annotated[Path | None, typer.Option(help="Folder that overlays are written to.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda[:n].")] = "auto",
) -> None:
    """Judge images. Exit 0 when every file was judged, 1 when one could not be, 2 on wrong usage."""
    bundles = {name: load(shipped(name)) for name in shipped_names() if name in ROLES}
    cards = {role: bundle.card for role, bundle in bundles.items()}
    scanner = Scanner(Detector(bundles, device), cards, heatmaps)
    rows = map(scanner.row, _files(paths))
    failed = _print_json(rows) if as_json else _print_table(rows)
    raise typer.Exit(1 if failed else 0)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.is_file())
        else:
            yield path


def _print_json(rows: Iterable[Row]) -> bool:
    failed = False
    for row in rows:
        typer.echo(json.dumps(row))
        failed |= row["error"] is not None
    return failed


def _print_table(rows: Iterable[Row]) -> bool:
    table, failed = Table("file", "label", "confidence", "findings"), False
    for row in rows:
        failed |= row["error"] is not None
        table.add_row(row["path"], row["label"] or "-", _percent(row["confidence"]), row["error"] or _summary(row))
    Console().print(table)
    return failed


def _row(
    path: Path,
    label: str | None = None,
    probability: float | None = None,
    confidence: float | None = None,
    findings: list[Row] | None = None,
    error: str | None = None,
) -> Row:
    shares = {"probability": _round(probability), "confidence": _round(confidence)}
    return {"path": str(path), "label": label, **shares, "findings": findings or [], "error": error}


def _reason(error: OSError | images.ImageRefused) -> str:
    return error.detail if isinstance(error, images.ImageRefused) else f"The file cannot be read: {error.strerror}."


def _summary(row: Row) -> str:
    return ", ".join(f"{finding['role']} {finding['probability']:.0%}" for finding in row["findings"])


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
