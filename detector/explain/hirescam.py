"""HiResCAM (Draelos and Carin 2020, "Use HiResCAM instead of Grad-CAM for faithful explanations", arXiv:2011.08891)."""

from torch import Tensor


def hires_cam(feature_map: Tensor, gradient: Tensor) -> Tensor:
    """ReLU of the channels' sum of map times gradient, place by place (section 4, the HiResCAM equation).

    For a head that ends in one linear layer the sum over all places is the logit without its bias. (B, C, h, w) twice
    -> (B, h, w), 0 or more, not normalised.
    """
    return (gradient * feature_map).sum(dim=1).clamp(min=0)
