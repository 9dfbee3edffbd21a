"""From a trunk's map to a head's logits and their explanations. Only the head is differentiated."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

Method = Callable[[Tensor, Tensor], Tensor]
"""(feature map, gradient of the explained logit), both (B, C, h, w) -> influence (B, h, w), 0 or more."""


def explain(head: nn.Module, feature_map: Tensor, method: Method) -> tuple[Tensor, Tensor]:
    """Logits (B,) and influence maps (B, h, w) of a trunk's map (B, C, h, w), which needs no gradient of its own.

    Each image is explained by the pre-sigmoid logit of the class that is shown: "real", the class below 0, by the
    negative of the one logit.
    """
    leaf = feature_map.detach().requires_grad_()
    with torch.enable_grad():
        logits = head(leaf)[:, 0]
        shown = torch.where(logits.detach() >= 0, logits, -logits)
        (gradient,) = torch.autograd.grad(shown.sum(), leaf)
    return logits.detach(), method(leaf.detach(), gradient)
