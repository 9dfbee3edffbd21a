"""Grad-CAM (Selvaraju et al. 2017)."""

from torch import Tensor


def grad_cam(feature_map: Tensor, gradient: Tensor) -> Tensor:
    """ReLU of the channels' sum, weighted by their mean gradients: (B, C, h, w) twice -> (B, h, w), not normalised."""
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    return (weights * feature_map).sum(dim=1).clamp(min=0)
