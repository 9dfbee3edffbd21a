"""From a trunk's map to a head's logits and their explanations. Only the head is differentiated."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

Method = Callable[[Tensor, Tensor], Tensor]
"""(feature map, gradient of the explained logit), both (B, C, h, w) -> influence (B, h, w), 0 or more."""


def explain(
    head: nn.Module, feature_map: Tensor, method: Method, towards: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Logits (B,) and influence maps (B, h, w) of a trunk's map (B, C, h, w), which needs no gradient of its own.

    Each image is explained by the pre-sigmoid logit of the class that is shown: "real" by the negative of the one
    logit. `towards` (B,) is 1 or -1 for the class "not real" or "real" (`direction`), for when other views of the image
    decide with this one; without it the image's own logit does.
    """
    leaf = feature_map.detach().requires_grad_()
    with torch.enable_grad():
        logits = head(leaf)[:, 0]
        (gradient,) = torch.autograd.grad(logits.sum(), leaf)
    logits = logits.detach()
    signs = direction(logits) if towards is None else towards.to(logits)
    return logits, method(leaf.detach(), gradient * signs[:, None, None, None])


def direction(logits: Tensor) -> Tensor:
    """1 where the class that is shown is "not real" (a logit of 0 or more), else -1; shape (B,) -> (B,)."""
    return torch.where(logits >= 0, 1.0, -1.0).to(logits)
