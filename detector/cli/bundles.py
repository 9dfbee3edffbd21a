"""How the commands find bundles."""

from pathlib import Path

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
