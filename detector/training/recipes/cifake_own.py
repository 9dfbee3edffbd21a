"""The bundle `cifake`: images of 32 pixels, from scratch, on a CPU in three quarters of an hour."""

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
    calibration="platt",
    frozen_blocks=0,
    validation_share=0.05,
)
RECIPES = {"cifake-own": OWN}
