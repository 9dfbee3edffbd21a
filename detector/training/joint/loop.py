"""Training of the trunk's later blocks and of two linear units, from kept maps."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, dropout
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from detector.architectures import Network
from detector.training.augmentation import generator
from detector.training.averaging import averaged
from detector.training.joint.bank import Bank
from detector.training.joint.pools import WHOLE, Pools
from detector.training.precision import autocast, resolve
from detector.training.progress import Progress

_CPU = torch.device("cpu")
_FACES_TO_GENERAL = 0.4
"""How much a face counts for the unit that judges whole pictures; a whole picture counts 1."""


@dataclass(frozen=True)
class Schedule:
    """AdamW with a one-cycle rate over `steps` batches, label smoothing and a moving average of the weights."""

    steps: int = 450
    batch: int = 32
    trunk_rate: float = 6e-4
    head_rate: float = 2e-3
    weight_decay: float = 0.05
    label_smoothing: float = 0.1
    average_decay: float = 0.99
    dropout: float = 0.3


class TwoHeads(nn.Module):
    """The trunk and two linear units over its pooled map: (maps, statistics) -> (B, 2) logits, general and face."""

    def __init__(self, network: Network, channels: int, rate: float) -> None:
        super().__init__()
        self.trunk = network.trunk
        self.heads = nn.Linear(channels, 2)
        self.rate = rate
        nn.init.zeros_(self.heads.weight)
        nn.init.zeros_(self.heads.bias)

    def forward(self, current: Tensor, statistics: Tensor) -> Tensor:
        pooled = self.trunk.finish(current, statistics).float().mean(dim=(2, 3))  # type: ignore[operator]
        logits: Tensor = self.heads(dropout(pooled, self.rate, self.training))
        return logits


@dataclass(frozen=True)
class Drawing:
    """What is drawn: pictures of `pools` with the probabilities `weights` (n,), their maps out of `bank`."""

    pools: Pools
    bank: Bank
    weights: NDArray[np.float64]


def train(network: TwoHeads, drawing: Drawing, schedule: Schedule, seed: int, progress: Progress) -> None:
    """Train in place what requires gradients; the network ends with its averaged weights, in evaluation mode."""
    optimiser, rates = _optimiser(network, schedule)
    cycle = OneCycleLR(optimiser, rates, total_steps=schedule.steps, pct_start=0.15)
    average = averaged(network, schedule.average_decay)
    rng = generator(seed)
    network.train()
    for step in range(schedule.steps):
        loss = _loss(network, drawing, schedule, rng)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        cycle.step()
        if average is not None:
            average.update_parameters(network)
        progress.step(0, step, schedule.steps, loss.item())
    if average is not None:
        network.load_state_dict(average.module.state_dict())
    network.eval()


def _optimiser(network: TwoHeads, schedule: Schedule) -> tuple[AdamW, list[float]]:
    trained = [parameter for parameter in network.trunk.parameters() if parameter.requires_grad]
    rates = [schedule.trunk_rate, schedule.head_rate]
    groups = [{"params": trained, "lr": rates[0]}, {"params": list(network.heads.parameters()), "lr": rates[1]}]
    return AdamW(groups, weight_decay=schedule.weight_decay), rates


def _loss(network: TwoHeads, drawing: Drawing, schedule: Schedule, rng: Generator) -> Tensor:
    pools, bank = drawing.pools, drawing.bank
    drawn = rng.choice(len(drawing.weights), schedule.batch, p=drawing.weights)
    current, statistics = bank.fetch(rng.integers(bank.copies, size=len(drawn)).tolist(), drawn.tolist())
    if rng.random() < 0.5:
        current, statistics = current.flip(3), statistics.flip(3)
    with autocast(resolve("auto", _CPU), _CPU):
        logits = network(current, statistics).float()
    labels = torch.tensor([pools.samples[i].label for i in drawn], dtype=torch.float32)
    targets = labels * (1 - schedule.label_smoothing) + schedule.label_smoothing / 2
    losses = binary_cross_entropy_with_logits(logits, targets[:, None].expand(-1, 2), reduction="none")
    return _weighed(losses, torch.tensor([pools.pools[i] == WHOLE for i in drawn]))


def _weighed(losses: Tensor, whole: Tensor) -> Tensor:
    """Losses (B, 2) -> a scalar: the general unit learns from all pictures, the face unit from faces alone."""
    general = torch.where(whole, 1.0, _FACES_TO_GENERAL)
    face = (~whole).float()
    return (losses[:, 0] * general).sum() / general.sum() + 2 * (losses[:, 1] * face).mean()
