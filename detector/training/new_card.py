"""The card of a bundle that a training has just made."""

from typing import Any

from detector.architectures import Network
from detector.bundles import Card
from detector.bundles.card import Calibration, Thresholds
from detector.training.recipe import CLASSES, Recipe

LICENCE = (
    "Research only: trained on images most of whose licences are research-only or not stated. Not for commercial use."
)


def new_card(
    recipe: Recipe,
    network: Network,
    fitted: tuple[Calibration, Thresholds],
    facts: dict[str, Any],
    *,
    version: str,
    name: str | None = None,
    licence: str = LICENCE,
) -> Card:
    """A card without the sum of its weights, which `save` adds; `name` is the recipe's role by default."""
    return Card(
        name=name or recipe.role,
        role=recipe.role,
        version=version,
        architecture=recipe.architecture,
        classes=CLASSES[recipe.role],
        input=recipe.input_spec(),
        explained=network.explained,
        calibration=fitted[0],
        thresholds=fitted[1],
        weights_sha256="",
        licence=licence,
        explanation=recipe.explanation,
        training=facts,
    )
