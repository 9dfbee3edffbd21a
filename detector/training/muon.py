"""Muon: momentum whose matrices are made orthogonal before each step (Jordan et al. 2024), AdamW for all else.

A convolution's filters (out, in, h, w) are taken as a matrix (out, in * h * w).
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

_QUINTIC = 3.4445, -4.7750, 2.0315
_ROUNDS = 5
_EPSILON = 1e-8


class Muon(Optimizer):
    """Groups with "orthogonal": True are stepped by Muon with momentum betas[0] (Nesterov's), the others by AdamW.

    A Muon step of rate r changes a matrix (m, n) by r * sqrt(max(1, m / n)) in each singular direction.
    """

    def __init__(
        self, groups: list[dict[str, Any]], weight_decay: float, betas: tuple[float, float] = (0.9, 0.99)
    ) -> None:
        defaults = {"lr": 1e-3, "betas": betas, "weight_decay": weight_decay, "orthogonal": False}
        super().__init__(groups, defaults)

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Change every parameter that has a gradient; `closure` is not supported and must be None."""
        if closure is not None:
            raise ValueError("Muon takes no closure")
        for group in self.param_groups:
            update = _orthogonal_update if group["orthogonal"] else _adam_update
            for parameter in group["params"]:
                if parameter.grad is not None:
                    change = update(self.state[parameter], parameter.grad, group["betas"])
                    parameter.mul_(1 - group["lr"] * group["weight_decay"]).sub_(change, alpha=group["lr"])


def orthogonalised(matrix: Tensor) -> Tensor:
    """(m, n) -> (m, n) with the same singular vectors and all singular values about 1 (0.7..1.2), in bfloat16.

    Five rounds of a quintic Newton-Schulz iteration, whose polynomial is steep at 0 rather than exact at 1.
    """
    wide = matrix.bfloat16() if matrix.shape[0] <= matrix.shape[1] else matrix.bfloat16().T
    wide = wide / (wide.norm() + _EPSILON)
    first, third, fifth = _QUINTIC
    for _ in range(_ROUNDS):
        square = wide @ wide.T
        wide = first * wide + (third * square + fifth * square @ square) @ wide
    found: Tensor = wide if matrix.shape[0] <= matrix.shape[1] else wide.T
    return found.to(matrix.dtype)


def _orthogonal_update(state: dict[str, Tensor], gradient: Tensor, betas: tuple[float, float]) -> Tensor:
    if not state:
        state["mean"] = torch.zeros_like(gradient)
    mean = state["mean"].lerp_(gradient, 1 - betas[0])
    matrix = gradient.lerp(mean, betas[0]).flatten(1)
    stretch = max(1.0, matrix.shape[0] / matrix.shape[1]) ** 0.5
    step: Tensor = orthogonalised(matrix) * stretch
    return step.view_as(gradient)


def _adam_update(state: dict[str, Tensor], gradient: Tensor, betas: tuple[float, float]) -> Tensor:
    if not state:
        state |= {"step": torch.zeros(()), "mean": torch.zeros_like(gradient), "square": torch.zeros_like(gradient)}
    count = float(state["step"].add_(1))
    mean: Tensor = state["mean"].lerp_(gradient, 1 - betas[0]) / (1 - betas[0] ** count)
    square = state["square"].lerp_(gradient.square(), 1 - betas[1]) / (1 - betas[1] ** count)
    change: Tensor = mean / (square.sqrt() + _EPSILON)
    return change
