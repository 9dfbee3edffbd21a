"""LayerCAM (Jiang et al. 2021, "LayerCAM: Exploring hierarchical class activation maps", IEEE TIP 30)."""

from torch import Tensor


def layer_cam(feature_map: Tensor, gradient: Tensor) -> Tensor:
    """ReLU of the channels' sum of map times positive gradient, place by place (equations 5 to 7).

    (B, C, h, w) twice -> (B, h, w), 0 or more, not normalised.
    """
    return (gradient.clamp(min=0) * feature_map).sum(dim=1).clamp(min=0)
