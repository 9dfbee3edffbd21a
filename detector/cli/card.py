"""`python -m detector card`: measure a bundle, write the figures into its card, and the model card for people."""

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from detector.bundles import load
from detector.bundles.folder import CARD
from detector.cli.bundles import find
from detector.evaluation.model_card import model_card
from detector.evaluation.report import evaluate_conditions
from detector.evaluation.robustness import CONDITIONS
from detector.training.facecuts import cut_faces as faces_of
from detector.training.packs import Sample, read_packs
from detector.training.recipe import FACE_MARGIN

_CONDITIONS = f"What is done to the images first: {', '.join(CONDITIONS)}."


def card(
    bundle: Annotated[str, typer.Argument(help="A folder or a shipped name.")],
    data: Annotated[list[str] | None, typer.Option(help="NAME=PATH of labelled images. Repeatable.")] = None,
    cut_faces: Annotated[list[str] | None, typer.Option(help="NAME=PATH whose faces are cut out.")] = None,
    condition: Annotated[list[str] | None, typer.Option(help=f"{_CONDITIONS} Repeatable; all by default.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="File that the model card for people is written to.")] = None,
) -> None:
    """Measure a bundle under every condition, keep the figures in its card, and write the card for people."""
    folder = find(bundle)
    loaded = load(folder)
    sets = {name: read_packs([path]) for name, path in map(_named, data or [])}
    sets |= {name: _faces(path) for name, path in map(_named, cut_faces or [])}
    if unknown := sorted(set(condition or ()) - set(CONDITIONS)):
        raise typer.BadParameter(f"there is no condition named {unknown[0]!r}", param_hint="--condition")
    metrics = {
        name: evaluate_conditions(loaded, samples, condition or tuple(CONDITIONS)) for name, samples in sets.items()
    }
    written = dataclasses.replace(loaded.card, metrics=metrics or loaded.card.metrics)
    (folder / CARD).write_text(written.to_json())
    if markdown is not None:
        markdown.parent.mkdir(parents=True, exist_ok=True)
        markdown.write_text(model_card(written))
    typer.echo(f"{folder / CARD}: {', '.join(written.metrics) or 'no figures'}")


def _faces(path: Path) -> list[Sample]:
    return faces_of(read_packs([path]), FACE_MARGIN)


def _named(argument: str) -> tuple[str, Path]:
    name, separator, path = argument.partition("=")
    if not separator:
        raise typer.BadParameter(f"{argument} is not NAME=PATH")
    return name, Path(path)
