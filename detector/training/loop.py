"""The training loop: from a begun network and samples to averaged weights."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader

from detector.architectures import Network, architecture
from detector.preprocessing import normalise
from detector.training.augmentation import augment
from detector.training.dataset import BalancedSampler, Pictures
from detector.training.packs import Sample
from detector.training.recipe import Recipe

Progress = Callable[[int, int, float], None]
_CPU = torch.device("cpu")


@dataclass
class _Run:
    recipe: Recipe
    network: Network
    pictures: Pictures
    sampler: BalancedSampler
    loader: DataLoader[tuple[Tensor, int, int]]
    optimiser: AdamW
    schedule: OneCycleLR
    average: AveragedModel
    frozen: list[nn.Module]


def begin(recipe: Recipe, weights: Path | None) -> Network:
    """A network with a seeded random head, and a trunk from `weights` (torchvision's layout) where they are given."""
    torch.manual_seed(recipe.seed)
    chosen = architecture(recipe.architecture)
    network = chosen.build()
    if weights is not None:
        chosen.initialise(network, load_file(weights))
    return network


def train(
    recipe: Recipe,
    network: Network,
    samples: Sequence[Sample],
    progress: Progress,
    workers: int = 0,
    device: torch.device = _CPU,
) -> list[float]:
    """Train `network` in place and leave it on the CPU with the averaged weights. Returns each epoch's mean loss.

    `progress(epoch, step, loss)` is called after every step; `workers` processes prepare the images (0: this one).
    """
    network.module().to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    run = _prepare(recipe, network, samples, workers)
    losses = [_epoch(run, epoch, progress) for epoch in range(recipe.epochs)]
    network.module().load_state_dict(run.average.module.state_dict())
    network.module().cpu()
    return losses


def _prepare(recipe: Recipe, network: Network, samples: Sequence[Sample], workers: int) -> _Run:
    module = network.module()
    frozen = _freeze(recipe, network)
    pictures = Pictures(samples, recipe.input_spec(), recipe.seed, augment)
    sampler = BalancedSampler(samples, len(samples), recipe.seed)
    whole_batches = len(samples) >= recipe.batch
    loader = DataLoader(pictures, recipe.batch, sampler=sampler, drop_last=whole_batches, num_workers=workers)
    groups = [(network.trunk, recipe.trunk_rate), (network.head, recipe.head_rate)]
    optimiser = AdamW(
        [{"params": [p for p in part.parameters() if p.requires_grad], "lr": rate} for part, rate in groups],
        weight_decay=recipe.weight_decay,
    )
    steps = recipe.epochs * len(loader)
    schedule = OneCycleLR(optimiser, [rate for _, rate in groups], total_steps=max(steps, 2), pct_start=0.2)
    average = AveragedModel(module, avg_fn=_moving_average(recipe.average_decay), use_buffers=True)
    return _Run(recipe, network, pictures, sampler, loader, optimiser, schedule, average, frozen)


def _freeze(recipe: Recipe, network: Network) -> list[nn.Module]:
    blocks = architecture(recipe.architecture).first_blocks(network, recipe.frozen_blocks)
    for block in blocks:
        block.requires_grad_(False)
    return blocks


def _moving_average(decay: float) -> Callable[[Tensor, Tensor, Tensor | int], Tensor]:
    def average(kept: Tensor, now: Tensor, count: Tensor | int) -> Tensor:
        warmed = min(decay, (1 + int(count)) / (10 + int(count)))
        return kept + (now - kept) * (1 - warmed)

    return average


def _epoch(run: _Run, epoch: int, progress: Progress) -> float:
    run.pictures.epoch = run.sampler.epoch = epoch
    run.network.module().train()
    for block in run.frozen:
        block.eval()
    losses = []
    for step, batch in enumerate(run.loader):
        losses.append(_step(run, batch[0], torch.as_tensor(batch[1])))
        progress(epoch, step, losses[-1])
    return sum(losses) / len(losses)


def _step(run: _Run, squares: Tensor, labels: Tensor) -> float:
    device = next(run.network.head.parameters()).device
    logits = run.network.logits(normalise(squares.numpy(), run.recipe.input_spec()).to(device))
    smoothing = run.recipe.label_smoothing
    targets = (labels.float() * (1 - smoothing) + smoothing / 2).to(device)
    loss = binary_cross_entropy_with_logits(logits, targets)
    run.optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    run.optimiser.step()
    run.schedule.step()
    run.average.update_parameters(run.network.module())
    return loss.item()
