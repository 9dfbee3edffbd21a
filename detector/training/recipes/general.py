"""The shipped general bundle: MobileNetV2 read at several depths, at the packs' own 256 pixels, hard augmentation.

The sources left out differ in kind (press photographs, old paintings, photographs off the web, a present-day generator
and an old one), so that thresholds and temperature are those of pictures unlike the training ones.
"""

from detector.training.recipe import Recipe

RECIPES = {
    "general": Recipe(
        "general",
        architecture="fused_mobilenet_v2",
        size=256,
        views=("whole", "mirrored"),
        epochs=10,
        trunk_rate=6e-4,
        head_rate=2e-3,
        label_smoothing=0.1,
        augmentation="strong",
        frozen_blocks=7,
        validation_share=0.06,
        leave_out=("nanobanana2_muset", "glid3xl", "photo_klein", "paint_masters_app", "imd2020"),
    )
}
