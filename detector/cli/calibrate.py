"""`python -m detector calibrate`: fit a bundle's calibration and thresholds anew, its weights staying as they are."""

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from detector.bundles.folder import CARD
from detector.cli.bundles import find, load_found
from detector.images import ImageRefused
from detector.training.calibration import FITS
from detector.training.packs import PackError, read_packs
from detector.training.recipe import Recipe
from detector.training.run import calibrate as fit
from detector.training.run import split


def calibrate(
    bundle: Annotated[str, typer.Argument(help="A folder or a shipped name; its card is changed in place.")],
    data: Annotated[list[Path], typer.Option(help="The images that it was trained with. Repeatable.")],
    method: Annotated[str | None, typer.Option(help=f"{', '.join(FITS)}; the recipe's by default.")] = None,
    threads: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Calibrate on the images that the bundle's own recipe holds out of these. Figures in the card are dropped."""
    if method is not None and method not in FITS:
        raise typer.BadParameter(f"must be one of {', '.join(FITS)}", param_hint="--method")
    torch.set_num_threads(threads)
    folder, loaded = find(bundle), load_found(bundle)
    try:
        recipe = _recipe(loaded.card.training)
        recipe = dataclasses.replace(recipe, calibration=method or recipe.calibration)
        calibration, thresholds = fit(recipe, loaded.network, split(recipe, read_packs(data))[1])
    except (PackError, ImageRefused, OSError) as error:
        raise typer.BadParameter(str(error), param_hint="--data") from error
    written = dataclasses.replace(loaded.card, calibration=calibration, thresholds=thresholds, metrics={})
    (folder / CARD).write_text(written.to_json())
    typer.echo(f"{folder / CARD}: temperature {calibration.temperature}, bias {calibration.bias}")


def _recipe(training: dict[str, Any]) -> Recipe:
    """The recipe that a card tells of. Raises BadParameter where it tells of none that is known here."""
    told = dict(training.get("recipe", {}))
    try:
        lists = {name: tuple(value) for name, value in told.items() if isinstance(value, list)}
        return Recipe(**(told | lists))
    except TypeError as error:
        raise typer.BadParameter(f"its card tells of no recipe that is known here: {error}") from error
