"""ResNet-18 at 224 px, fine-tuned where `--init` gives torchvision's weights and from scratch otherwise.

The reference says no more than the network and the size: AdamW with one cycle, mirrored images and 0.0003 (a tenth of
what the head gets) are usual for fine-tuning it.
"""

from detector.training.recipe import Recipe

RECIPES = {
    "resnet18": Recipe(
        "general",
        "resnet18",
        scaling="imagenet",
        epochs=10,
        trunk_rate=3e-4,
        head_rate=3e-3,
        label_smoothing=0.0,
        average_decay=None,
        augmentation="flip",
        sampling="shuffled",
        frozen_blocks=0,
    )
}
