"""The training loop: from a begun network and samples to trained weights, with a checkpoint after each epoch."""

import copy
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.utils.data import DataLoader

from detector.architectures import Network, architecture
from detector.preprocessing import normalise
from detector.training import checkpoint, precision
from detector.training.averaging import averaged
from detector.training.dataset import BalancedSampler, Pictures, ShuffledSampler
from detector.training.objective import OBJECTIVES
from detector.training.optimisers import optimiser_for, schedule_for
from detector.training.packs import Sample
from detector.training.progress import EpochFigures, Place, Progress
from detector.training.recipe import Recipe
from detector.training.validation import validate


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
    training: Sequence[Sample],
    validation: Sequence[Sample] = (),
    progress: Progress | None = None,
    place: Place | None = None,
) -> list[EpochFigures]:
    """Train `network` in place and leave it on the CPU with its final weights. Returns each epoch's figures.

    The final weights are the moving average's, or the last ones where the recipe has none; with `patience` those of the
    epoch of the lowest validation loss. A checkpoint in `place.folder` is gone on from, to the same result as an
    unbroken run; raises CheckpointError when it is another run's.
    """
    run = _Run(recipe, network, training, validation, progress or Progress(), place or Place())
    run.resume()
    while not run.finished():
        run.epoch()
    return run.finish()


class _Run:
    def __init__(
        self,
        recipe: Recipe,
        network: Network,
        training: Sequence[Sample],
        validation: Sequence[Sample],
        progress: Progress,
        place: Place,
    ) -> None:
        self.recipe, self.network, self.progress, self.place = recipe, network, progress, place
        self.precision = precision.resolve(recipe.precision, place.device)
        self.module = network.module()
        self.module.to(device=place.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.objective = OBJECTIVES[recipe.objective]
        self.frozen = _freeze(recipe, network)
        self.pictures = self.objective.pictures(recipe, training)
        self.loader = _loader(recipe, training, self.pictures, place.workers)
        self.validation = Pictures(validation, recipe.input_spec(), recipe.seed, None)
        self.optimiser = optimiser_for(recipe, network)
        self.schedule = schedule_for(recipe, self.optimiser, recipe.epochs * len(self.loader))
        self.scaler = precision.scaler(self.precision, place.device)
        self.average = averaged(self.module, recipe.average_decay)
        self.identity = place.identity(recipe, training)
        self.figures: list[EpochFigures] = []
        self.best: dict[str, Tensor] = {}

    def finished(self) -> bool:
        return len(self.figures) >= self.recipe.epochs or self._out_of_patience()

    def epoch(self) -> None:
        number, began = len(self.figures), time.perf_counter()
        self._enter(number)
        losses = [self._step(number, step, batch) for step, batch in enumerate(self.loader)]
        seen = len(losses) * (self.loader.batch_size or 1)
        seconds = time.perf_counter() - began
        loss, accuracy = self._validate()
        self.figures.append(EpochFigures(number, sum(losses) / len(losses), loss, accuracy, seconds, seen / seconds))
        self._keep_best()
        self.progress.epoch(self.figures[-1])
        self._save()

    def finish(self) -> list[EpochFigures]:
        self.module.load_state_dict(self.best or self._kept().state_dict())
        self.module.cpu()
        return self.figures

    def resume(self) -> None:
        found = checkpoint.read(self.place.folder, self.identity) if self.place.folder else None
        if found is None:
            return
        self.module.load_state_dict(found.part("module"))
        if self.average is not None:
            self.average.load_state_dict(found.part("average"))
        self.best = found.part("best")
        self.optimiser.load_state_dict(checkpoint.unflatten(found.part("optimiser"), found.state["optimiser"]))
        self.schedule.load_state_dict(found.state["schedule"])
        self.scaler.load_state_dict(found.state["scaler"])
        torch.set_rng_state(found.tensors["random"])
        self.figures = [EpochFigures(**figures) for figures in found.state["figures"]]

    def _save(self) -> None:
        if self.place.folder is None:
            return
        tensors, optimiser = checkpoint.flatten("optimiser", self.optimiser.state_dict())
        for prefix, module in (("module", self.module), ("average", self.average)):
            tensors |= {f"{prefix}/{name}": tensor for name, tensor in (module.state_dict() if module else {}).items()}
        tensors |= {f"best/{name}": tensor for name, tensor in self.best.items()} | {"random": torch.get_rng_state()}
        state: dict[str, Any] = {
            "run": self.identity,
            "optimiser": optimiser,
            "schedule": self.schedule.state_dict(),
            "scaler": self.scaler.state_dict(),
            "figures": [vars(figures) for figures in self.figures],
        }
        checkpoint.write(self.place.folder, checkpoint.Checkpoint(tensors, state))

    def _enter(self, epoch: int) -> None:
        self.pictures.epoch = epoch
        self.loader.sampler.epoch = epoch  # type: ignore[attr-defined]
        self.module.train()
        for block in self.frozen:
            block.eval()

    def _step(self, epoch: int, step: int, batch: Sequence[Tensor]) -> float:
        self.optimiser.zero_grad(set_to_none=True)
        with precision.autocast(self.precision, self.place.device):
            loss = self._loss(self.network, batch)
        self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        self.scaler.step(self.optimiser)
        self.scaler.update()
        self.schedule.step()
        if self.average is not None:
            self.average.update_parameters(self.module)
        self.progress.step(epoch, step, len(self.loader), value := loss.item())
        return value

    def _loss(self, network: Network, batch: Sequence[Tensor]) -> Tensor:
        images = normalise(batch[0].numpy(), self.recipe.input_spec()).to(self.place.device)
        rest = [torch.as_tensor(item).to(self.place.device) for item in batch[1:]]
        return self.objective.loss(self.recipe, network, images, rest)

    def _validate(self) -> tuple[float | None, float | None]:
        kept = self._kept().eval()
        network = Network(kept.get_submodule("trunk"), kept.get_submodule("head"), self.network.explained)
        return validate(network, self.validation, self.precision, self.place.device)

    def _kept(self) -> nn.Module:
        return self.module if self.average is None else self.average.module

    def _keep_best(self) -> None:
        if self.recipe.patience is not None and self._since_best() == 0:
            self.best = copy.deepcopy(self._kept().state_dict())

    def _out_of_patience(self) -> bool:
        return self.recipe.patience is not None and self._since_best() > self.recipe.patience

    def _since_best(self) -> int:
        """Epochs since the lowest validation loss; a loss that is no number is no lowest one."""
        losses = [figures.validation_loss for figures in self.figures]
        known = [math.inf if loss is None or math.isnan(loss) else loss for loss in losses]
        return len(known) - 1 - known.index(min(known)) if known else 0


def _freeze(recipe: Recipe, network: Network) -> list[nn.Module]:
    blocks = architecture(recipe.architecture).first_blocks(network, recipe.frozen_blocks)
    for block in blocks:
        block.requires_grad_(False)
    return blocks


def _loader(
    recipe: Recipe, samples: Sequence[Sample], pictures: Pictures, workers: int
) -> DataLoader[tuple[Tensor, int, int]]:
    kind = BalancedSampler if recipe.sampling == "balanced" else ShuffledSampler
    sampler = kind(samples, len(samples), recipe.seed)
    whole_batches = len(samples) >= recipe.batch
    return DataLoader(pictures, recipe.batch, sampler=sampler, drop_last=whole_batches, num_workers=workers)
