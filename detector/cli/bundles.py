"""How the commands find bundles."""

import dataclasses
from pathlib import Path

import torch
import typer

from detector.bundles import Bundle, BundleError, load, shipped, shipped_names


def find(bundle: str) -> Path:
    """The folder of a bundle given as a folder or a shipped name. Ends the command when it is neither."""
    if bundle in shipped_names():
        return shipped(bundle)
    folder = Path(bundle)
    if folder.is_dir():
        return folder
    raise typer.BadParameter(f"{bundle} is neither a folder nor one of {', '.join(shipped_names())}")


def load_found(bundle: str) -> Bundle:
    """The loaded bundle of a folder or a shipped name. Ends the command when it cannot be loaded."""
    try:
        return load(find(bundle))
    except BundleError as error:
        raise typer.BadParameter(str(error)) from error


def at_size(bundle: Bundle, size: int | None) -> Bundle:
    """The bundle fed at `size` x `size` pixels, or as its card says where that is None. Ends the command when its
    network takes no input of that size."""
    if size is None:
        return bundle
    try:
        with torch.no_grad():
            bundle.network.logits(torch.zeros(1, 3, size, size))
    except RuntimeError as error:
        message = f"{bundle.card.name} takes no pictures of {size} pixels"
        raise typer.BadParameter(message, param_hint="--size") from error
    spec = dataclasses.replace(bundle.card.input, size=size)
    return Bundle(dataclasses.replace(bundle.card, input=spec), bundle.network)
