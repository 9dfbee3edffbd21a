"""Grad-CAM (Selvaraju et al. 2017, "Grad-CAM: Visual explanations from deep networks", ICCV)."""

import torch
from torch import Tensor


def grad_cam(feature_map: Tensor, gradient: Tensor) -> Tensor:
    """ReLU of the channels' sum, weighted by their mean gradients (equations 1 and 2).

    (B, C, h, w) twice -> (B, h, w), 0 or more, not normalised.
    """
    return torch.einsum("bc,bchw->bhw", gradient.mean(dim=(2, 3)), feature_map).clamp(min=0)
