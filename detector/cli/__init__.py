"""The commands of `python -m detector`, one file each."""

import typer

from detector.cli.train import train

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command()(train)


@app.callback()
def _root() -> None:
    """Detectors for synthetic and edited images."""
