"""A bundle's folder of a few kilobytes, which really loads and judges."""

import json
from pathlib import Path
from typing import Any

import torch

from detector.architectures import architecture
from detector.bundles import InputSpec, save
from tests.detector.bundles_for_tests import MIDDLE, card

ARCHITECTURE = "cifake-4x1"


def write(folder: Path, seed: int = 0, **changes: Any) -> Path:
    """Write a bundle of random weights; ``changes`` are fields of its card."""
    torch.manual_seed(seed)
    network = architecture(ARCHITECTURE).build()
    fields = {"architecture": ARCHITECTURE, "input": InputSpec(32, MIDDLE, MIDDLE), "explained": network.explained}
    save(folder, card(**{**fields, "name": "mine", "version": "1.0.0", **changes}), network)
    return folder


def rewrite_card(folder: Path, **changes: Any) -> None:
    """Change fields of a card as someone with an editor would."""
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
