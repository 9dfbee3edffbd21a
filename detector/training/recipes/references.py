"""What the recipes of the reference networks share: nothing but what their authors wrote."""

from typing import Any

from detector.training.recipe import Recipe


def plain(role: str, architecture: str, **changes: Any) -> Recipe:
    """Adam at 0.001 on the images as they are (0..1, 32 px), each once an epoch; `changes` replace any of it."""
    fields: dict[str, Any] = {
        "size": 32,
        "scaling": "unit",
        "optimiser": "adam",
        "trunk_rate": 1e-3,
        "head_rate": 1e-3,
        "weight_decay": 0.0,
        "schedule": "constant",
        "label_smoothing": 0.0,
        "average_decay": None,
        "augmentation": "none",
        "sampling": "shuffled",
        "frozen_blocks": 0,
    }
    return Recipe(role, architecture, **(fields | changes))
