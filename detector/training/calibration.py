"""From raw logits on held-out images to a temperature and proposed thresholds."""

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from detector.bundles.card import Calibration, Thresholds

_TEMPERATURES = np.geomspace(0.05, 20, 603)
_REVIEW_FALSE_ALARMS = 0.15
_LABEL_FALSE_ALARMS = 0.05
_BLOCK_FALSE_ALARMS = 0.01


def fit_temperature(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> Calibration:
    """The temperature (0.05..20, in steps of 1 %) of the lowest log loss. `logits` and `labels` (0 or 1) are (n,)."""
    signed = np.where(labels == 1, logits, -logits)
    losses = [np.logaddexp(0, -signed / temperature).mean() for temperature in _TEMPERATURES]
    return Calibration("temperature", round(float(_TEMPERATURES[int(np.argmin(losses))]), 4))


def fit_platt(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> Calibration:
    """Temperature and bias of the lowest log loss, classes weighed alike (Platt 1999).

    Falls back on a plain temperature where the fit turns the scores upside down, as it may on a handful of images.
    """
    fitted = LogisticRegression(C=np.inf, class_weight="balanced").fit(logits[:, None], labels)
    slope = float(fitted.coef_[0, 0])
    if not slope > 0:
        return fit_temperature(logits, labels)
    return Calibration("platt", round(1 / slope, 6), round(-float(fitted.intercept_[0]) / slope, 6))


FITS = {"temperature": fit_temperature, "platt": fit_platt}


def propose_thresholds(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> Thresholds:
    """Thresholds that 15 %, 5 % and 1 % of the held-out real images reach.

    Review lies within 0.35..0.5, so that what is likelier not real than real is never passed as real; label is at
    least 0.5 and block at least 0.9.
    """
    real = probabilities[labels == 0]
    review = min(0.5, max(0.35, _quantile(real, 1 - _REVIEW_FALSE_ALARMS)))
    label = max(0.5, _quantile(real, 1 - _LABEL_FALSE_ALARMS))
    block = max(0.9, label, _quantile(real, 1 - _BLOCK_FALSE_ALARMS))
    return Thresholds(label=label, review=review, block=block)


def _quantile(values: NDArray[np.float64], share: float) -> float:
    return round(float(np.quantile(values, share)), 4) if len(values) else 0.0
