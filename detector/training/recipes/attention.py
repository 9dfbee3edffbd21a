"""The compact convolutional transformer at 32 px: AdamW with one cycle, as in its paper, and mirrored images."""

from detector.training.recipe import Recipe

RECIPES = {
    "attention": Recipe(
        "general",
        "attention",
        size=32,
        epochs=20,
        batch=64,
        trunk_rate=1e-3,
        head_rate=1e-3,
        label_smoothing=0.0,
        average_decay=None,
        augmentation="flip",
        sampling="shuffled",
        frozen_blocks=0,
    )
}
