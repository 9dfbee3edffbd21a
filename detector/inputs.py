"""What a network takes in, as its card says it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class InputSpec:
    """How an input is made: the whole view squashed to `size` x `size` pixels, then (value - mean) / scale, RGB 0..255.

    `face_margin`: for a face model, the share of the face box's longer side that is added on each side of its square.
    `views`: names of `detector.views.VIEWS`; the image's logit is the mean of theirs, and the first one is explained.
    """

    size: int
    mean: tuple[float, float, float]
    scale: tuple[float, float, float]
    face_margin: float | None = None
    views: tuple[str, ...] = ("whole",)
