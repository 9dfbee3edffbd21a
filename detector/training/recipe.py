"""The settings of a training run, all of which stand in the card of what it makes."""

from dataclasses import dataclass

from detector.inputs import InputSpec

FACE_MARGIN = 0.3
SCALINGS = {
    "symmetric": ((127.5, 127.5, 127.5), (127.5, 127.5, 127.5)),
    "centred": ((128.0, 128.0, 128.0), (128.0, 128.0, 128.0)),
    "unit": ((0.0, 0.0, 0.0), (255.0, 255.0, 255.0)),
    "imagenet": ((123.675, 116.28, 103.53), (58.395, 57.12, 57.375)),
}
CLASSES = {
    "general": {"0": "made by a camera or a human hand", "1": "AI-generated"},
    "face": {"0": "face in a photograph or a work of human hand", "1": "AI-generated face"},
    "edited": {"0": "photograph as it was taken", "1": "edited afterwards"},
}


@dataclass(frozen=True)
class Recipe:
    """What is trained and how; the defaults are a fine-tuned MobileNetV2.

    `scaling`: "symmetric" (-1..1), "centred" (the same, but each grey level exact in bfloat16), "unit" (0..1) or
    "imagenet". `optimiser`, `schedule`, `augmentation`, `objective`, `calibration` and `precision` name entries of
    `optimisers`, `augmentation.AUGMENTATIONS`, `objective.OBJECTIVES`, `calibration.FITS` and `precision.PRECISIONS`.
    `sampling`: "balanced" draws classes evenly and sources by the root of their size, "shuffled" takes every image once
    an epoch. `average_decay`: of the moving average of the weights; None keeps the last weights. `patience`: epochs
    without a lower validation loss after which training stops and the best weights are kept; None runs all epochs.
    `frozen_blocks`: blocks nearest the image that stay as they began. `validation_share` and `leave_out`: what is kept
    from training for calibration and thresholds, by image and by whole source.
    """

    role: str
    architecture: str = "mobilenet_v2"
    size: int = 224
    scaling: str = "symmetric"
    views: tuple[str, ...] = ("whole",)
    epochs: int = 6
    batch: int = 32
    optimiser: str = "adamw"
    trunk_rate: float = 4e-4
    head_rate: float = 4e-3
    weight_decay: float = 0.05
    schedule: str = "one-cycle"
    label_smoothing: float = 0.05
    average_decay: float | None = 0.99
    patience: int | None = None
    augmentation: str = "world"
    sampling: str = "balanced"
    objective: str = "label"
    precision: str = "auto"
    calibration: str = "temperature"
    explanation: str = "grad-cam"
    frozen_blocks: int = 4
    validation_share: float = 0.1
    leave_out: tuple[str, ...] = ()
    seed: int = 0

    def input_spec(self) -> InputSpec:
        """How the images of this run are fed."""
        mean, scale = SCALINGS[self.scaling]
        return InputSpec(self.size, mean, scale, FACE_MARGIN if self.role == "face" else None, self.views)
