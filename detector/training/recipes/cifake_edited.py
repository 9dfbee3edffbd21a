"""Edited photographs of 32 pixels against real or generated ones, from scratch."""

from detector.training.recipe import Recipe

RECIPES = {
    "cifake-edited": Recipe(
        "edited",
        architecture="thumbnail(24,48,64)",
        size=32,
        views=("whole", "mirrored"),
        epochs=10,
        batch=64,
        optimiser="muon",
        trunk_rate=0.02,
        head_rate=4e-3,
        average_decay=0.995,
        augmentation="flip",
        sampling="balanced",
        calibration="platt",
        frozen_blocks=0,
        validation_share=0.05,
    )
}
