"""Calibration of a network that goes on learning after the pictures it is calibrated on have been shown to it."""

import dataclasses
from collections import Counter
from dataclasses import dataclass

import numpy as np

from detector.architectures import Network
from detector.bundles.card import Calibration, Thresholds
from detector.evaluation.scoring import Scored, score
from detector.training.augmentation import degrade
from detector.training.calibration import FITS, fit_temperature, propose_thresholds
from detector.training.joint.pools import CUT, FACE, WHOLE, Chosen, Pools
from detector.training.packs import PackError
from detector.training.recipe import Recipe

_HELD = {"general": (WHOLE,), "face": (FACE, CUT)}


@dataclass(frozen=True)
class Fit:
    """`calibration` and `thresholds` of the first network, fitted on pictures of `sources` that it had not seen.

    `unseen`: the share of each whole source left out that the first network judged rightly, degraded as they were, at
    a calibrated probability of 0.5. `temperature`: the best one for it on the pictures that are always held.
    `sharpened`: that of the last network on them, divided by this; its logits are taken to have grown so much.
    `last`: the calibration of the last network on them.
    """

    calibration: Calibration
    thresholds: Thresholds
    sources: dict[str, int]
    unseen: dict[str, float]
    temperature: float
    sharpened: float = 1.0
    last: Calibration | None = None

    def final(self) -> Calibration:
        """The calibration of the last network, which has seen whole sources that the first had not.

        Its temperature lies (geometric mean) between that of pictures like none in training and that of pictures like
        those; its bias is that of the latter, since what the first network missed of a source it did not know says
        nothing of one that does.
        """
        if self.last is None:
            return self.calibration
        unlike, like = self.calibration.temperature * self.sharpened, self.last.temperature
        return dataclasses.replace(self.last, temperature=round((unlike * like) ** 0.5, 6))

    def followed(self, recipe: Recipe, network: Network, pools: Pools, always: Chosen) -> "Fit":
        """The same with what the last network does on the pictures that no schedule has seen."""
        scored = _scored(recipe, network, pools, always)
        last = FITS[recipe.calibration](scored.logits, scored.labels)
        return dataclasses.replace(self, sharpened=_temperature(scored) / self.temperature, last=last)


def fit(recipe: Recipe, network: Network, pools: Pools, held: Chosen, always: Chosen) -> Fit:
    """Calibrate on degraded pictures that are `held`, among them those that are `always`.

    Raises PackError when either lack a class.
    """
    scored = _scored(recipe, network, pools, held)
    calibration = FITS[recipe.calibration](scored.logits, scored.labels)
    thresholds = propose_thresholds(calibration.probabilities(scored.logits), scored.labels)
    temperature = _temperature(_scored(recipe, network, pools, always))
    unseen = _unseen(recipe, calibration, scored)
    return Fit(calibration, thresholds, dict(sorted(Counter(scored.sources).items())), unseen, temperature)


def _scored(recipe: Recipe, network: Network, pools: Pools, chosen: Chosen) -> Scored:
    samples = pools.of(_HELD[recipe.role], chosen)
    if {sample.label for sample in samples} != {0, 1}:
        raise PackError(f"The pictures held for {recipe.role} lack a class.")
    return score(network, recipe.input_spec(), samples, degrade, recipe.seed)


def _unseen(recipe: Recipe, calibration: Calibration, scored: Scored) -> dict[str, float]:
    right = (calibration.probabilities(scored.logits) >= 0.5) == (scored.labels == 1)
    sources = np.array(scored.sources)
    return {
        source: round(float(right[sources == source].mean()), 4)
        for source in sorted(set(scored.sources) & set(recipe.leave_out))
    }


def _temperature(scored: Scored) -> float:
    return fit_temperature(scored.logits, scored.labels).temperature
