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


@torch.no_grad()
def local_evidence(head: nn.Module, feature_map: Tensor, towards: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Logits (B,) and what each place says for the class that is shown, (B, h, w), 0 or more, not normalised.

    `towards` as in `explain`. Raises ValueError for a head without local logits.
    """
    if not isinstance(head, LocalHead):
        raise ValueError("this network's head has no local evidence to show")
    logits = head(feature_map)[:, 0]
    signs = direction(logits) if towards is None else towards.to(logits)
    return logits, (signs[:, None, None] * head.local(feature_map)).clamp(min=0)
