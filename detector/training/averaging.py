"""A moving average of a network's weights (Polyak and Juditsky 1992)."""

from collections.abc import Callable

from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel


def averaged(module: nn.Module, decay: float | None) -> AveragedModel | None:
    """An average of parameters and running statistics that warms up to `decay`; None where decay is None."""
    if decay is None:
        return None
    return AveragedModel(module, avg_fn=_warmed(decay), use_buffers=True)


def _warmed(decay: float) -> Callable[[Tensor, Tensor, Tensor | int], Tensor]:
    def average(kept: Tensor, now: Tensor, count: Tensor | int) -> Tensor:
        if not kept.is_floating_point():
            return now
        share = min(decay, (1 + int(count)) / (10 + int(count)))
        return kept + (now - kept) * (1 - share)

    return average
