"""`python -m detector describe`: the layers and parameters of an architecture."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from torch import nn

from detector.architectures import ArchitectureError, architecture


def describe(name: Annotated[str, typer.Argument(metavar="ARCHITECTURE", help="Its name.")]) -> None:
    """Print the layers of an architecture, and how many parameters it has, trainable and not."""
    try:
        module = architecture(name).build().module()
    except ArchitectureError as error:
        raise typer.BadParameter(str(error)) from error
    table = Table("layer", "kind", "trainable", "running statistics")
    for path, layer in module.named_modules():
        if path and not list(layer.children()):
            table.add_row(path, type(layer).__name__, str(_trainable(layer)), str(_statistics(layer)))
    Console().print(table)
    typer.echo(f"{name}: {_trainable(module):,} trainable, {_statistics(module):,} running statistics")


def _trainable(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _statistics(module: nn.Module) -> int:
    return sum(buffer.numel() for buffer in module.buffers() if buffer.is_floating_point())
