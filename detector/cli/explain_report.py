"""`python -m detector explain-report`: what `explain-check --write` kept, as a document for people."""

from pathlib import Path
from typing import Annotated

import typer

from detector.bundles import BundleError, read_card, shipped_names
from detector.cli.bundles import find
from detector.evaluation.explanations.markdown import document
from detector.evaluation.explanations.record import kept


def explain_report(
    bundle: Annotated[list[str] | None, typer.Option(help="A folder or a shipped name. Repeatable.")] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; without it, the text is printed.")] = None,
) -> None:
    """Write how the heatmaps of the shipped bundles were judged, or of those that are named."""
    folders = [find(name) for name in bundle or shipped_names()]
    try:
        text = document([(read_card(folder), kept(folder)) for folder in folders])
        if out is not None:
            out.write_text(text)
    except (BundleError, OSError, ValueError) as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(text if out is None else str(out))
