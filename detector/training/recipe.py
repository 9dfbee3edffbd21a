"""The settings of a training run, all of which stand in the card of what it makes."""

from dataclasses import dataclass

from detector.inputs import InputSpec

_IMAGENET_STYLE = (127.5, 127.5, 127.5)
FACE_MARGIN = 0.3
CLASSES = {
    "general": {"0": "made by a camera or a human hand", "1": "AI-generated"},
    "face": {"0": "face in a photograph or a work of human hand", "1": "AI-generated face"},
    "edited": {"0": "photograph as it was taken", "1": "edited afterwards"},
}


@dataclass(frozen=True)
class Recipe:
    """AdamW with a one-cycle rate, label smoothing, and a moving average of the weights.

    `frozen_blocks`: blocks nearest the image that stay as they began. `validation_share` and `leave_out`: what is kept
    from training for calibration and thresholds, by image and by whole source.
    """

    role: str
    architecture: str = "mobilenet_v2"
    epochs: int = 6
    batch: int = 32
    trunk_rate: float = 4e-4
    head_rate: float = 4e-3
    weight_decay: float = 0.05
    label_smoothing: float = 0.05
    average_decay: float = 0.99
    frozen_blocks: int = 4
    validation_share: float = 0.1
    leave_out: tuple[str, ...] = ()
    seed: int = 0
    size: int = 224

    def input_spec(self) -> InputSpec:
        """How the images of this run are fed."""
        margin = FACE_MARGIN if self.role == "face" else None
        return InputSpec(self.size, _IMAGENET_STYLE, _IMAGENET_STYLE, margin)
