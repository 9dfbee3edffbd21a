"""Bundles: weights and the card that says what they are.

`Bundle`, `load` and `save` bring PyTorch with them, so they are imported when they are first asked for: a web process
reads cards and never runs a network.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from detector.bundles.card import Calibration, Card, Thresholds
from detector.bundles.folder import BundleError, read_card, shipped, shipped_names
from detector.inputs import InputSpec

if TYPE_CHECKING:
    from detector.bundles.store import Bundle, load, save

__all__ = [
    "Bundle",
    "BundleError",
    "Calibration",
    "Card",
    "InputSpec",
    "Thresholds",
    "load",
    "read_card",
    "save",
    "shipped",
    "shipped_names",
]


def __getattr__(name: str) -> Any:
    if name in {"Bundle", "load", "save"}:
        return getattr(import_module("detector.bundles.store"), name)
    raise AttributeError(name)
