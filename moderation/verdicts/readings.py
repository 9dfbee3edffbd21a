"""What a policy judges."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """One model's calibrated P(not real); ``face`` counts the face from 1, of ``faces``."""

    role: str
    probability: float
    face: int = 0
    faces: int = 0


@dataclass(frozen=True)
class Known:
    """A picture known to the client: the same file (``exact``), or one of which ``distance`` of 256 bits differ."""

    kind: str
    label: str
    distance: int = 0
