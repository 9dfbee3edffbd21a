"""Grad-CAM++ (Chattopadhay et al. 2018, "Grad-CAM++: Improved visual explanations", WACV, arXiv:1710.11063)."""

import torch
from torch import Tensor

_LEAST = 1e-6
"""Added to the denominators of the coefficients, as the reference implementation does: small gradients depend on it."""


def grad_cam_plus_plus(feature_map: Tensor, gradient: Tensor) -> Tensor:
    """ReLU of the channels' sum, weighted by their positive gradients with the coefficients of equation 19.

    The weights are those of equation 7; the higher derivatives are powers of the first, which holds for the exponential
    of the logit. (B, C, h, w) twice -> (B, h, w), 0 or more, not normalised.
    """
    squares = gradient**2
    total = feature_map.sum(dim=(2, 3), keepdim=True)
    coefficients = squares / (2 * squares + total * squares * gradient + _LEAST)
    coefficients = torch.where(gradient == 0, 0, coefficients)
    weights = (gradient.clamp(min=0) * coefficients).sum(dim=(2, 3), keepdim=True)
    return (weights * feature_map).sum(dim=1).clamp(min=0)
