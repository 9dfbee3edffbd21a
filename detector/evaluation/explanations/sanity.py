"""A map that stays the same when the weights are taken away says nothing of the network.

Adebayo et al. 2018, "Sanity checks for saliency maps", NeurIPS, section 3 (cascading randomisation).
"""

import copy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from detector.evaluation.explanations.candidates import Influence, Subject, maps_of

STAGES = {"head": 0.0, "head and half of the trunk": 0.5, "all": 1.0}
"""How much of the trunk, counted from the head, loses its weights."""

SHUFFLINGS = 3

Weighted = list[nn.Module]


def correlations(
    subject: Subject, images: Tensor, towards: NDArray[np.float64], seed: int
) -> dict[str, dict[str, float]]:
    """For each stage and method, the mean rank correlation (-1..1) of maps before and after weights are shuffled.

    The mean over three shufflings, since one can be near the old weights by chance. The class that is explained stays
    the one that was shown before.
    """
    before = maps_of(subject, images, towards)
    found = {}
    for stage, share in STAGES.items():
        shuffled = [randomised(subject, share, images, seed * SHUFFLINGS + at) for at in range(SHUFFLINGS)]
        after = [maps_of(one, images, towards) for one in shuffled]
        found[stage] = {name: _mean_correlation(before[name], [maps[name] for maps in after]) for name in before}
    return found


def _mean_correlation(before: Influence, after: list[Influence]) -> float:
    return float(np.mean([mean_rank_correlation(before, maps) for maps in after]))


def randomised(subject: Subject, share: float, images: Tensor, seed: int) -> Subject:
    """A copy in which the head and the last `share` (0..1) of the trunk's layers have their tensors' values shuffled.

    Shuffling keeps each layer's scale; running statistics are taken anew from the images, since the old ones belong to
    the old weights.
    """
    trunk, head = copy.deepcopy(subject.trunk), copy.deepcopy(subject.head)
    layers = _weighted(trunk)
    gone = [*_weighted(head), *layers[len(layers) - round(share * len(layers)) :]]
    torch_rng = torch.Generator().manual_seed(seed)
    for parameter in {id(one): one for layer in gone for one in layer.parameters(recurse=False)}.values():
        _shuffle(parameter, torch_rng)
    made = Subject(trunk, head, subject.explained)
    _settle(made, [layer for layer in gone if isinstance(layer, nn.modules.batchnorm._BatchNorm)], images)
    return made


def mean_rank_correlation(before: Influence, after: Influence) -> float:
    """Mean over images of Spearman's correlation of two sets of maps (n, h, w).

    A map without contrast has 0 with one that has some; where both have none they are the same, which is 1.
    """
    return float(np.mean([_rank_correlation(one, other) for one, other in zip(before, after, strict=True)]))


def _rank_correlation(before: Influence, after: Influence) -> float:
    one, other = _ranks(before), _ranks(after)
    if not one.any() or not other.any():
        return float(one.any() == other.any())
    return float((one * other).sum() / np.sqrt((one**2).sum() * (other**2).sum()))


def _ranks(influence: Influence) -> NDArray[np.float64]:
    """Ranks about their mean; equal values share one."""
    _, places, counts = np.unique(influence, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places.ravel()]
    return np.asarray(ranks - ranks.mean())


def _weighted(module: nn.Module) -> Weighted:
    return [layer for layer in module.modules() if next(layer.parameters(recurse=False), None) is not None]


@torch.no_grad()
def _shuffle(parameter: nn.Parameter, rng: torch.Generator) -> None:
    order = torch.randperm(parameter.numel(), generator=rng)
    parameter.copy_(parameter.flatten()[order].view(parameter.shape))


def _settle(subject: Subject, norms: Weighted, images: Tensor) -> None:
    for norm in norms:
        norm.train()
        norm.momentum = 1.0  # type: ignore[assignment]
    subject.logits(images)
    for norm in norms:
        norm.eval()
