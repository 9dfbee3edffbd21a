"""`python -m detector scan`: what models say of files."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from detector.bundles import Bundle, BundleError, load, shipped, shipped_names
from detector.bundles.card import ROLES
from detector.cli.bundles import load_found
from detector.cli.counter import counter
from detector.cli.rows import Format, write
from detector.cli.scanning import Row, Scanner, files_of
from detector.detect import Detector
from detector.engines import EngineError


def scan(  # noqa: PLR0917 - one parameter for each option of the command
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, folders or patterns like '**/*.jpg'.")],
    output: Annotated[Format, typer.Option("--format", help="Table, JSON lines or CSV.")] = Format.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format jsonl.")] = False,
    heatmaps: Annotated[Path | None, typer.Option(help="Folder that overlays are written to.")] = None,
    bundle: Annotated[
        list[str] | None, typer.Option(help="A folder or a shipped name, instead of the shipped ones. Repeatable.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda[:n].")] = "auto",
    engine: Annotated[str, typer.Option(help="torch, onnxruntime, or auto for the faster one here.")] = "torch",
) -> None:
    """Judge images. Exit 0 when every file was judged, 1 when one could not be, 2 on wrong usage."""
    files = files_of(paths)
    scanner = _scanner(bundle or [], device, engine, heatmaps)
    with counter("scanning") as count:
        failed = write(_counted(scanner.rows(files), len(files), count), Format.JSONL if as_json else output)
    raise typer.Exit(1 if failed else 0)


def _scanner(names: list[str], device: str, engine: str, heatmaps: Path | None) -> Scanner:
    try:
        bundles = _by_role([load_found(name) for name in names]) if names else _shipped()
        if heatmaps is not None:
            heatmaps.mkdir(parents=True, exist_ok=True)
        detector = Detector(bundles, device, engine=engine)
    except (BundleError, EngineError, OSError, RuntimeError, ValueError) as error:
        raise typer.BadParameter(str(error)) from error
    return Scanner(detector, {role: one.card for role, one in bundles.items()}, heatmaps)


def _shipped() -> dict[str, Bundle]:
    return {name: load(shipped(name)) for name in shipped_names() if name in ROLES}


def _by_role(bundles: list[Bundle]) -> dict[str, Bundle]:
    found: dict[str, Bundle] = {}
    for bundle in bundles:
        if found.setdefault(bundle.card.role, bundle) is not bundle:
            raise typer.BadParameter(f"two bundles have the role {bundle.card.role}", param_hint="--bundle")
    return found


def _counted(rows: Iterable[Row], total: int, count: Callable[[int, int | None], None]) -> Iterator[Row]:
    for done, row in enumerate(rows):
        count(done + 1, total)
        yield row
