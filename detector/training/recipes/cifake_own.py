"""Images of 32 pixels, from scratch: the bundle `cifake`, and what 1,000 images of each class can teach."""

import dataclasses

from detector.training.recipe import Recipe

OWN = Recipe(
    "general",
    architecture="thumbnail(48,96,192)",
    size=32,
    views=("whole", "mirrored"),
    epochs=4,
    batch=128,
    optimiser="muon",
    trunk_rate=0.02,
    head_rate=4e-3,
    weight_decay=0.05,
    label_smoothing=0.05,
    average_decay=0.998,
    augmentation="thumbnail",
    sampling="shuffled",
    frozen_blocks=0,
    validation_share=0.05,
)
FEW_SHOT = dataclasses.replace(
    OWN,
    scaling="centred",
    views=("whole", "mirrored", "shifted-up-left", "shifted-down-right"),
    epochs=16,
    batch=64,
    weight_decay=0.1,
    label_smoothing=0.1,
    average_decay=0.99,
    augmentation="nudged",
)
RECIPES = {"cifake-own": OWN, "few-shot": FEW_SHOT}
