"""From a trunk's map to a head's logits and their explanations. Only the head is differentiated."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from detector.architectures.base import PooledHead

Method = Callable[[Tensor, Tensor], Tensor]
"""(feature map (B, C, h, w), gradient of the explained logit, the same shape, or (B, C, 1, 1) where it is the same
everywhere) -> influence (B, h, w), 0 or more."""


def explain(
    head: nn.Module, feature_map: Tensor, method: Method, towards: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Logits (B,) and influence maps (B, h, w) of a trunk's map (B, C, h, w), which needs no gradient of its own.

    Each image is explained by the pre-sigmoid logit of the class that is shown: "real" by the negative of the one
    logit. `towards` (B,) is 1 or -1 for the class "not real" or "real" (`direction`), for when other views of the image
    decide with this one; without it the image's own logit does.
    """
    leaf = feature_map.detach()
    differentiate = _of_pooled if isinstance(head, PooledHead) and not head.training else _by_autograd
    logits, gradient = differentiate(head, leaf)
    signs = direction(logits) if towards is None else towards.to(logits)
    return logits, method(leaf, gradient * signs[:, None, None, None])


def direction(logits: Tensor) -> Tensor:
    """1 where the class that is shown is "not real" (a logit of 0 or more), else -1; shape (B,) -> (B,)."""
    return torch.where(logits >= 0, 1.0, -1.0).to(logits)


def _by_autograd(head: nn.Module, leaf: Tensor) -> tuple[Tensor, Tensor]:
    leaf = leaf.detach().requires_grad_()
    with torch.enable_grad():
        logits = head(leaf)[:, 0]
        (gradient,) = torch.autograd.grad(logits.sum(), leaf)
    return logits.detach(), gradient


@torch.no_grad()
def _of_pooled(head: nn.Module, leaf: Tensor) -> tuple[Tensor, Tensor]:
    """The gradient of a linear unit over the map's mean is its weight by the number of cells, everywhere the same."""
    weight = head.get_parameter("linear.weight") / (leaf.shape[2] * leaf.shape[3])
    return head(leaf)[:, 0], weight[:, :, None, None].expand(len(leaf), -1, 1, 1)
