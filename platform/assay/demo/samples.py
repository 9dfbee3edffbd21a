"""Send the sample images through the real HTTP API, and show what came back."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich import box
from rich.console import Console
from rich.table import Table

from assay.demo.environment import ROOT
from foundation.embedded.errors import SetupError

FOLDER = ROOT / "samples"
PATIENCE = 180.0
ROLES = ("general", "face", "edited")
FINISHED = {"analysed", "failed"}


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
    with httpx.Client(base_url=site, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
        return [_send_one(client, sample) for sample in samples]


def _send_one(client: httpx.Client, sample: Sample) -> str:
    data = {"external_id": sample.file.stem, "metadata": json.dumps({"sample": sample.title})}
    try:
        with sample.file.open("rb") as file:
            answer = client.post("/api/v1/submissions", data=data, files={"file": (sample.file.name, file)})
    except httpx.TransportError as error:
        raise SetupError(f"The site did not take {sample.file.name} ({error}); see var/log/web.log.") from error
    if answer.status_code != httpx.codes.ACCEPTED:
        raise SetupError(f"The API refused {sample.file.name} ({answer.status_code}): {answer.text[:200]}")
    return str(answer.json()["id"])


def wait(site: str, key: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the documents of the submissions once all are analysed or failed.

    Raises:
        SetupError: some still wait after three minutes.
    """
    deadline = time.monotonic() + PATIENCE
    documents: dict[str, dict[str, Any]] = {}
    with httpx.Client(base_url=site, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
        while len(documents) < len(ids):
            if time.monotonic() > deadline:
                raise SetupError("The samples were not judged within three minutes; see var/log/worker.log.")
            pending = [one for one in ids if one not in documents]
            answers = [answer for one in pending if (answer := _answer(client, one))]
            documents |= {answer["id"]: answer for answer in answers if answer["state"] in FINISHED}
            time.sleep(0.2)
    return [documents[one] for one in ids]


def _answer(client: httpx.Client, submission: str) -> dict[str, Any] | None:
    """Return the document as it stands, or None while the site, which is minded, is starting again."""
    try:
        answer = client.get(f"/api/v1/submissions/{submission}")
    except httpx.TransportError:
        return None
    return answer.json() if answer.is_success else None


def show(console: Console, samples: Sequence[Sample], documents: Sequence[dict[str, Any]]) -> None:
    """Print the verdicts as a table; what is true of each sample stands beside what the models found."""
    table = Table(title="Verdicts on the sample images", title_justify="left", box=box.SIMPLE_HEAD)
    for heading in ("Sample", "What it is", "Verdict", "Action", "Confidence", *ROLES):
        table.add_column(heading, justify="right" if heading in {"Confidence", *ROLES} else "left", no_wrap=True)
    for sample, document in zip(samples, documents, strict=True):
        table.add_row(sample.title, sample.truth, *_verdict_cells(document), *_score_cells(document))
    console.print(table)
    note = "The columns general, face and edited are each model's calibrated probability that the image is not real."
    console.print(f"{note} Models err: docs/models/ says how often.", highlight=False)


def _verdict_cells(document: dict[str, Any]) -> list[str]:
    verdict = document["verdict"]
    if verdict is None:
        return [document["state"], "", str((document["failure"] or {}).get("code", ""))]
    confidence = verdict["confidence"]
    return [verdict["label"], verdict["action"], "" if confidence is None else f"{confidence:.2f}"]


def _score_cells(document: dict[str, Any]) -> list[str]:
    cells = []
    for role in ROLES:
        found = [one["probability"] for one in document["findings"] if one["role"] == role]
        cells.append(f"{max(found):.2f}" if found else "no face" if role == "face" else "not run")
    return cells
