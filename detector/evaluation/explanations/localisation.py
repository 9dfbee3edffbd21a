"""Does a map lie on the edit? Pointing game (Zhang et al. 2016), overlap and pixel AUC against true masks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.evaluation.explanations.candidates import Influence
from detector.evaluation.metrics import auc

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Localisation:
    """One map against one mask, each figure 0..1.

    `pointing`: whether the map's highest place is edited (a share where several are highest); `iou`: overlap of the
    mask with as many of the map's highest pixels; `auc`: chance that an edited pixel has more influence than another.
    """

    pointing: float
    iou: float
    auc: float


def localisation(influence: Influence, mask: Mask) -> Localisation:
    """Compare a map (H, W) with a mask of the same size, which is neither empty nor full."""
    pixel_auc = auc(influence.ravel().astype(np.float64), mask.ravel().astype(np.int64))
    if pixel_auc is None:
        raise ValueError("a mask needs both edited and untouched pixels")
    return Localisation(float(mask[influence == influence.max()].mean()), _overlap(influence, mask), pixel_auc)


def _overlap(influence: Influence, mask: Mask) -> float:
    """Intersection over union with as many of the highest pixels as are edited; equal ones count by shares."""
    area = int(mask.sum())
    limit = np.partition(influence, influence.size - area, axis=None)[influence.size - area]
    above, level = influence > limit, influence == limit
    shared = mask[above].sum() + (area - above.sum()) * mask[level].mean()
    return float(shared / (2 * area - shared))
