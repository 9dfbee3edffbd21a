"""What the detector says about an image."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of the upright image; it may reach over the image's edge where it says so."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Heatmap:
    """Where an image was looked at.

    `values`: (h, w) uint8 at the map's native size, 0..255 = little..much influence; `region`: the part of the upright
    image that it covers, which may reach over the edge; `size`: (width, height) of the upright image.
    """

    values: NDArray[np.uint8]
    region: Box
    size: tuple[int, int]


@dataclass(frozen=True)
class Observation:
    """What one model says of one image or face.

    `probability`: calibrated P(not real), 0..1; `score`: the raw logit; `box`: the face, for a face model.
    """

    role: str
    model_name: str
    model_version: str
    probability: float
    score: float
    box: Box | None = None
    heatmap: Heatmap | None = None


@dataclass(frozen=True)
class Analysis:
    """All observations of one image; the roles that ran ("face" also when no face was found).

    `timings`: seconds by stage ("faces", "preprocess", and each role): the image's equal share of its batch's time.
    """

    observations: list[Observation]
    roles_run: frozenset[str]
    timings: dict[str, float] = field(default_factory=dict)
