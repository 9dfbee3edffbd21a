"""What a network takes in, as its card says it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class InputSpec:
    """How an input is made: the whole view squashed to `size` x `size` pixels, then (value - mean) / scale, RGB 0..255.

    `face_margin`: for a face model, the share of the face box's longer side that is added on each side of its square.
    """

    size: int
    mean: tuple[float, float, float]
    scale: tuple[float, float, float]
    face_margin: float | None = None
