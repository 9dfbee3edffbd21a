"""Optimisers and the rates over a run, by the names that a recipe uses."""

from collections.abc import Callable, Mapping
from typing import Any

from torch.optim import SGD, Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, OneCycleLR

from detector.architectures import Network
from detector.training.muon import Muon
from detector.training.recipe import Recipe

Groups = list[dict[str, Any]]


def _adamw(groups: Groups, recipe: Recipe) -> Optimizer:
    return AdamW(groups, weight_decay=recipe.weight_decay)


def _adam(groups: Groups, recipe: Recipe) -> Optimizer:
    return Adam(groups, weight_decay=recipe.weight_decay)


def _sgd(groups: Groups, recipe: Recipe) -> Optimizer:
    return SGD(groups, momentum=0.9, nesterov=True, weight_decay=recipe.weight_decay)


def _muon(groups: Groups, recipe: Recipe) -> Optimizer:
    every = [parameter for group in groups for parameter in group["params"]]
    filters = {"params": [p for p in every if p.ndim == 4], "lr": recipe.trunk_rate, "orthogonal": True}
    others = {"params": [p for p in every if p.ndim != 4], "lr": recipe.head_rate, "weight_decay": 0.0}
    return Muon([group for group in (filters, others) if group["params"]], recipe.weight_decay)


def _one_cycle(optimiser: Optimizer, steps: int) -> LRScheduler:
    rates = [group["lr"] for group in optimiser.param_groups]
    return OneCycleLR(optimiser, rates, total_steps=max(steps, 2), pct_start=0.2)


def _constant(optimiser: Optimizer, _: int) -> LRScheduler:
    return LambdaLR(optimiser, _unchanged)


def _unchanged(_: int) -> float:
    return 1.0


OPTIMISERS: Mapping[str, Callable[[Groups, Recipe], Optimizer]] = {
    "adamw": _adamw,
    "adam": _adam,
    "sgd": _sgd,
    "muon": _muon,
}
SCHEDULES: Mapping[str, Callable[[Optimizer, int], LRScheduler]] = {"one-cycle": _one_cycle, "constant": _constant}


def optimiser_for(recipe: Recipe, network: Network) -> Optimizer:
    """The recipe's optimiser over the parameters that are trained: the trunk's at its rate, the head's at its own."""
    parts = [(network.trunk, recipe.trunk_rate), (network.head, recipe.head_rate)]
    groups = [{"params": [p for p in part.parameters() if p.requires_grad], "lr": rate} for part, rate in parts]
    return OPTIMISERS[recipe.optimiser]([group for group in groups if group["params"]], recipe)


def schedule_for(recipe: Recipe, optimiser: Optimizer, steps: int) -> LRScheduler:
    """The recipe's rates over `steps` steps."""
    return SCHEDULES[recipe.schedule](optimiser, steps)
