"""Insertion and deletion: does the score follow what the map calls important?

Petsiuk, Das and Saenko 2018, "RISE: Randomized input sampling for explanation of black-box models", BMVC, section 4.2.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from detector.evaluation.explanations.candidates import Influence

STEPS = 8
_BLUR = 0.08
Shares = NDArray[np.float64]
Score = Callable[[Tensor], Shares]
"""Images (B, 3, H, W) -> probability (B,) of the class that is explained."""


@dataclass(frozen=True)
class Faithfulness:
    """Areas under the shown class's probability, 0..1, for each image; insertion should be high, deletion low."""

    insertion: Shares
    deletion: Shares


def faithfulness(score: Score, image: Tensor, influence: Influence) -> tuple[float, float]:
    """(insertion, deletion) of one normalised image (3, H, W) and its map (H, W).

    The pixels come in (over a blurred copy) or go out (to the mean of the input's normalisation, 0) in the order of
    their influence, in eight equal steps; the area is that of the trapezes.
    """
    order = np.argsort(-influence, axis=None, kind="stable")
    ranks = np.empty(order.size, dtype=np.int64)
    ranks[order] = np.arange(order.size)
    limits = np.rint(np.linspace(0, order.size, STEPS + 1)).astype(np.int64)
    within = torch.from_numpy(ranks.reshape(influence.shape)[None] < limits[:, None, None])[:, None]
    inserted = torch.where(within, image[None], blurred(image)[None])
    deleted = torch.where(within, torch.zeros(()), image[None])
    return _area(score(inserted)), _area(score(deleted))


def blurred(image: Tensor) -> Tensor:
    """(3, H, W) -> the same without detail: a Gaussian of 8 % of the side."""
    pixels = np.ascontiguousarray(image.permute(1, 2, 0).numpy())
    smooth = cv2.GaussianBlur(pixels, (0, 0), sigmaX=_BLUR * image.shape[1], borderType=cv2.BORDER_REFLECT)
    return torch.from_numpy(smooth).permute(2, 0, 1)


def _area(shares: Shares) -> float:
    return float(np.trapezoid(shares, dx=1 / STEPS))
