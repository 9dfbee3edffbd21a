"""Send the sample images through the real HTTP API, and show what came back."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from assay.demo.environment import ROOT
from assay_client import Assay, AssayError, Problem, Retries, Unreachable
from assay_client.documents import Document
from foundation.embedded.errors import SetupError

FOLDER = ROOT / "samples"
PATIENCE = 180.0
ROLES = ("general", "face", "edited")
RETRIES = Retries(attempts=12, first=0.2, longest=2)  # outlives a process that is started again


@dataclass(frozen=True)
class Sample:
    """A bundled image and what is true of it."""

    file: Path
    title: str
    truth: str


def bundled() -> list[Sample]:
    entries = json.loads((FOLDER / "manifest.json").read_text())
    return [Sample(FOLDER / entry["file"], entry["title"], entry["truth"]) for entry in entries]


def send(site: str, key: str, samples: Sequence[Sample]) -> list[str]:
    """Submit every sample; return the submissions' ids in order.

    Raises:
        SetupError: the API refused one, or the site went away.
    """
    with Assay(site, key=key, retries=RETRIES) as assay:
        return [_send_one(assay, sample) for sample in samples]


def _send_one(assay: Assay, sample: Sample) -> str:
    file = sample.file
    try:
        return assay.submit_file(file, external_id=file.stem, metadata={"sample": sample.title})["id"]
    except Unreachable as error:
        raise SetupError(f"The site did not take {file.name} ({error}); see var/log/web.log.") from error
    except Problem as problem:
        raise SetupError(f"The API refused {file.name} ({problem.status}): {problem}") from problem


def wait(site: str, key: str, ids: Sequence[str]) -> list[Document]:
    """Return the documents of the submissions once all are analysed or failed.

    Raises:
        SetupError: some still wait after three minutes.
    """
    deadline = time.monotonic() + PATIENCE
    try:
        with Assay(site, key=key, retries=RETRIES) as assay:
            return [assay.wait(one, timeout=deadline - time.monotonic()) for one in ids]
    except AssayError as error:
        raise SetupError("The samples were not judged within three minutes; see var/log/worker.log.") from error


def show(console: Console, samples: Sequence[Sample], documents: Sequence[Document]) -> None:
    """Print the verdicts as a table; what is true of each sample stands beside what the models found."""
    table = Table(title="Verdicts on the sample images", title_justify="left", box=box.SIMPLE_HEAD)
    for heading in ("Sample", "What it is", "Verdict", "Action", "Confidence", *ROLES):
        table.add_column(heading, justify="right" if heading in {"Confidence", *ROLES} else "left", no_wrap=True)
    for sample, document in zip(samples, documents, strict=True):
        table.add_row(sample.title, sample.truth, *_verdict_cells(document), *_score_cells(document))
    console.print(table)
    note = "The columns general, face and edited are each model's calibrated probability that the image is not real."
    console.print(f"{note} Models err: docs/models/ says how often.", highlight=False)


def _verdict_cells(document: Document) -> list[str]:
    verdict = document["verdict"]
    if verdict is None:
        return [document["state"], "", (document["failure"] or {}).get("code", "")]
    confidence = verdict["confidence"]
    return [verdict["label"], verdict["action"], "" if confidence is None else f"{confidence:.2f}"]


def _score_cells(document: Document) -> list[str]:
    cells = []
    for role in ROLES:
        found = [one["probability"] for one in document["findings"] if one["role"] == role]
        cells.append(f"{max(found):.2f}" if found else "no face" if role == "face" else "not run")
    return cells
