"""Our detector of edits: a local head trained with masks, on real edits and on made ones."""

from detector.training.recipe import Recipe

RECIPES = {
    "edited": Recipe(
        "edited",
        architecture="mobilenet_v2_local",
        size=256,
        views=("whole", "mirrored"),
        epochs=6,
        trunk_rate=3e-4,
        head_rate=1e-3,
        average_decay=0.99,
        sampling="shuffled",
        augmentation="world",
        objective="edits",
        calibration="platt",
        explanation="local",
        frozen_blocks=7,
        leave_out=("imd2020", "copymove_fau", "inpaint_demo"),
    )
}
