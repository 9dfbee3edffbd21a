"""What was measured of a bundle's maps, kept beside its card, and the choice within it."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from detector.bundles.folder import CARD, read_card

FILE = "explanations.json"


def keep(folder: Path, report: dict[str, Any]) -> None:
    """Write the figures beside the card, with the hash of the weights they belong to, and the choice into the card.

    Raises BundleError for a folder without a card.
    """
    card = read_card(folder)
    full = {**report, "weights_sha256": card.weights_sha256}
    _write(folder / FILE, json.dumps(full, indent=2) + "\n")
    _write(folder / CARD, dataclasses.replace(card, explanation=report["chosen"]).to_json())


def kept(folder: Path) -> dict[str, Any] | None:
    """The figures that were kept, or None where there are none. Raises ValueError for a file that holds none."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text())
    except ValueError:
        found = None
    if not isinstance(found, dict) or "chosen" not in found:
        raise ValueError(f"{path} holds no figures of explanations")
    return found


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(text)
    temporary.replace(path)
