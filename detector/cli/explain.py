"""`python -m detector explain`: where one bundle looked."""

from pathlib import Path
from typing import Annotated

import typer

from detector import images
from detector.cli.bundles import load_found
from detector.cli.heatmaps import write_heatmaps
from detector.detect import Detector


def explain(
    path: Annotated[Path, typer.Argument(metavar="IMAGE")],
    bundle: Annotated[str, typer.Option(help="A folder or a shipped name.")] = "general",
    out: Annotated[Path, typer.Option(help="Folder that the overlays are written to.")] = Path(),
    opacity: Annotated[float, typer.Option(min=0, max=1)] = 0.55,
) -> None:
    """Write the Grad-CAM overlay of an image, for a face model one for each face."""
    loaded = load_found(bundle)
    try:
        image = images.read(path.read_bytes())
    except (OSError, images.ImageRefused) as error:
        typer.echo(f"{path}: {error}", err=True)
        raise typer.Exit(1) from error
    analysis = Detector({loaded.card.role: loaded}).analyse([image])[0]
    for seen in analysis.observations:
        typer.echo(f"{seen.role}: {seen.probability:.1%} {loaded.card.classes['1']}")
    for written in write_heatmaps(out, path, image, analysis.observations, opacity):
        typer.echo(str(written))
