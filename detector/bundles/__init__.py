"""Bundles: weights and the card that says what they are."""

from detector.bundles.card import Calibration, Card, Thresholds
from detector.bundles.store import Bundle, BundleError, load, read_card, save, shipped, shipped_names
from detector.preprocessing import InputSpec

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
