"""A head that judges every place by itself: its own evidence is the map, and no gradient is needed."""

from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from detector.explain.base import direction


@runtime_checkable
class LocalHead(Protocol):
    """A head with local logits beside its one logit."""

    def local(self, feature_map: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, h, w) logits of "not real", place by place."""


@runtime_checkable
class JointHead(Protocol):
    """A head that makes its logit out of the local ones, and gives both for the price of one."""

    def both(self, feature_map: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C, h, w) -> the logit (B, 1) and the local ones (B, h, w)."""


@torch.no_grad()
def local_evidence(head: nn.Module, feature_map: Tensor, towards: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Logits (B,) and the probability that each place speaks for the class that is shown, (B, h, w), 0..1.

    The sigmoid keeps the order of places that speak against that class too, so that a map is never without contrast.

    `towards` as in `explain`. Raises ValueError for a head without local logits.
    """
    logits, local = _both(head, feature_map)
    signs = direction(logits) if towards is None else towards.to(logits)
    return logits, torch.sigmoid(signs[:, None, None] * local)


def _both(head: nn.Module, feature_map: Tensor) -> tuple[Tensor, Tensor]:
    if isinstance(head, JointHead):
        logits, local = head.both(feature_map)
        return logits[:, 0], local
    if isinstance(head, LocalHead):
        return head(feature_map)[:, 0], head.local(feature_map)
    raise ValueError("this network's head has no local evidence to show")
