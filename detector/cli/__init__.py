"""The commands of `python -m detector`, one file each."""

import typer

from detector.cli.calibrate import calibrate
from detector.cli.card import card
from detector.cli.cifake_edits import cifake_edits
from detector.cli.compare import compare
from detector.cli.cross_validate import cross_validate
from detector.cli.data import data
from detector.cli.describe import describe
from detector.cli.edits import edits
from detector.cli.ensemble import ensemble
from detector.cli.evaluate import evaluate
from detector.cli.explain import explain
from detector.cli.explain_check import explain_check
from detector.cli.explain_report import explain_report
from detector.cli.few_shot import few_shot
from detector.cli.provenance import provenance
from detector.cli.reproduce import reproduce, reproductions
from detector.cli.scan import scan
from detector.cli.sweep import sweep
from detector.cli.train import train
from detector.cli.train_pair import train_pair

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for command in (
    scan,
    train,
    train_pair,
    evaluate,
    cross_validate,
    compare,
    ensemble,
    few_shot,
    explain,
    explain_check,
    explain_report,
    describe,
    edits,
    cifake_edits,
    provenance,
    calibrate,
    card,
    sweep,
    reproduce,
    reproductions,
):
    app.command()(command)
app.add_typer(data, name="data")


@app.callback()
def _root() -> None:
    """Detectors for synthetic and edited images."""
