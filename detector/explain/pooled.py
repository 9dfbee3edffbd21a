"""A linear unit over a map's mean needs no gradient: Grad-CAM and HiResCAM are its class activation map."""

import torch
from torch import Tensor
from torch.nn.functional import conv2d

from detector.architectures.base import PooledHead
from detector.explain.base import direction


@torch.no_grad()
def class_activation(head: PooledHead, feature_map: Tensor, towards: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Logits (B,) of a map (B, C, h, w) and its influence (B, h, w), 0 or more; `towards` as in `explain`.

    Zhou et al. 2016, "Learning deep features for discriminative localization", CVPR, equation 2. The gradient of such
    a head is its weight by the number of places, everywhere the same (Selvaraju et al. 2017, section 3.1).
    """
    logits = head(feature_map)[:, 0]
    signs = direction(logits) if towards is None else towards.to(logits)
    share = signs / (feature_map.shape[2] * feature_map.shape[3])
    spoken = conv2d(feature_map, head.linear.weight[:, :, None, None])[:, 0]
    return logits, (spoken * share[:, None, None]).clamp_(min=0)
