"""`python -m detector explain`: where one bundle looked, and what an eye does not see."""

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from detector import images
from detector.bundles import Bundle
from detector.cli.bundles import load_found
from detector.cli.heatmaps import marked, write_heatmaps
from detector.detect import Detector
from detector.explain import NAMES, NONE, methods_of
from detector.explain.frequency import residual_png, spectrum_png

METHODS_HELP = f"How the map is made: {', '.join(NAMES)}. Without it, as the bundle's card says."


def explain(
    path: Annotated[Path, typer.Argument(metavar="IMAGE")],
    bundle: Annotated[str, typer.Option(help="A folder or a shipped name.")] = "general",
    out: Annotated[Path, typer.Option(help="Folder that the pictures are written to.")] = Path(),
    opacity: Annotated[float, typer.Option(min=0, max=1)] = 0.55,
    method: Annotated[str | None, typer.Option(help=METHODS_HELP)] = None,
    frequency: Annotated[bool, typer.Option(help="Write the image's spectrum and residual too.")] = False,
) -> None:
    """Write the overlay of an image's heatmap, for a face model one for each face."""
    loaded = _by(method, load_found(bundle))
    try:
        image = images.read(path.read_bytes())
    except (OSError, images.ImageRefused) as error:
        typer.echo(f"{path}: {error}", err=True)
        raise typer.Exit(1) from error
    analysis = Detector({loaded.card.role: loaded}).analyse([image])[0]
    for seen in analysis.observations:
        typer.echo(f"{seen.role}: {seen.probability:.1%} {loaded.card.classes['1']}")
    if loaded.card.explanation == NONE:
        typer.echo("No heatmap: this model's maps did not pass their checks, so they are not shown as evidence.")
    written = write_heatmaps(out, path, image, analysis.observations, opacity)
    for file in written + (_write_frequency(out, path, image) if frequency else []):
        typer.echo(str(file))


def _by(method: str | None, bundle: Bundle) -> Bundle:
    """The bundle, explained by the method. Ends the command when its head does not allow that."""
    if method is None:
        return bundle
    allowed = (*methods_of(bundle.head), NONE)
    if method not in allowed:
        raise typer.BadParameter(f"{bundle.card.name} can be explained by {', '.join(allowed)}", param_hint="--method")
    return Bundle(dataclasses.replace(bundle.card, explanation=method), bundle.network)


def _write_frequency(out: Path, source: Path, image: images.DecodedImage) -> list[Path]:
    made = {"spectrum": spectrum_png(image.pixels), "residual": residual_png(image.pixels)}
    for name, png in made.items():
        marked(out, source, name).write_bytes(png)
    return [marked(out, source, name) for name in made]
