"""The card of a bundle: what the weights are, how they are fed, what their scores mean, and how well they did."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.inputs import InputSpec

ROLES = ("general", "face", "edited")


@dataclass(frozen=True)
class Calibration:
    """Probability = sigmoid((logit - bias) / temperature), Platt's scaling; with a bias of 0 a plain temperature.

    Fitted on degraded images that took no part in training.
    """

    method: str
    temperature: float
    bias: float = 0.0

    def probabilities(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated P(not real), 0..1, of raw logits, same shape."""
        half = np.clip((logits - self.bias) / (2 * self.temperature), -350, 350)
        return np.asarray(0.5 * (1 + np.tanh(half)), dtype=np.float64)


@dataclass(frozen=True)
class Thresholds:
    """Proposed probabilities for a policy: from `label` the class is named, from `block` it is firm.

    Between `review` and `label` the model abstains: a person should look.
    """

    label: float
    review: float
    block: float


@dataclass(frozen=True)
class Card:
    """All of `card.json`. `classes` says what 0 and 1 mean; `training` and `metrics` are as the commands wrote them.

    `caveats` are sentences that stand beside every finding of the model. `explanation` names the method by which its
    heatmaps are made (`detector.explain.METHODS`), or is "none": its maps failed their checks and are not shown.
    """

    name: str
    role: str
    version: str
    architecture: str
    classes: dict[str, str]
    input: InputSpec
    explained: str
    calibration: Calibration
    thresholds: Thresholds
    weights_sha256: str
    licence: str
    explanation: str = "grad-cam"
    caveats: list[str] = field(default_factory=list)
    training: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """The text of `card.json`."""
        return json.dumps(dataclasses.asdict(self), indent=2, ensure_ascii=False) + "\n"


def parse_card(text: str) -> Card:
    """A card from `card.json`. Raises ValueError, TypeError or KeyError when it is not one."""
    given: Mapping[str, Any] = json.loads(text)
    fields = dict(given)
    spec = dict(fields["input"])
    spec["mean"], spec["scale"] = _triple(spec["mean"]), _triple(spec["scale"])
    spec["views"] = tuple(spec.get("views", ("whole",)))
    fields["input"] = InputSpec(**spec)
    fields["calibration"] = Calibration(**fields["calibration"])
    fields["thresholds"] = Thresholds(**fields["thresholds"])
    card = Card(**fields)
    _check(card)
    return card


def _triple(values: list[float]) -> tuple[float, float, float]:
    red, green, blue = (float(value) for value in values)
    return red, green, blue


def _check(card: Card) -> None:
    if card.role not in ROLES:
        raise ValueError(f"unknown role {card.role!r}")
    if set(card.classes) != {"0", "1"}:
        raise ValueError("classes must say what 0 and 1 mean")
    if not (0 < card.input.size <= 4096) or min(card.input.scale) <= 0:
        raise ValueError("the input's size or scale is out of range")
    if (card.role == "face") != (card.input.face_margin is not None):
        raise ValueError("a face bundle, and no other, has a face margin")
    if not card.calibration.temperature > 0 or not np.isfinite(card.calibration.bias):
        raise ValueError("the temperature must be above 0, and the bias a number")
    if not card.input.views:
        raise ValueError("at least one view must be named")
    if not 0 <= card.thresholds.review <= card.thresholds.label <= card.thresholds.block <= 1:
        raise ValueError("thresholds must rise from review over label to block within 0..1")
