"""One joint training: packs in, a general and a face bundle out."""

import dataclasses
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from detector.architectures import Network, architecture
from detector.architectures.base import PooledHead, load_into
from detector.bundles import Card, load, read_card, save
from detector.training import loop as single
from detector.training.augmentation import AUGMENTATIONS
from detector.training.dataset import Pictures
from detector.training.joint.bank import Bank, fill
from detector.training.joint.fit import Fit, fit
from detector.training.joint.gather import Packs, gather
from detector.training.joint.loop import Drawing, Schedule, TwoHeads, train
from detector.training.joint.pools import SHARES, Chosen, Pools
from detector.training.new_card import new_card
from detector.training.progress import Progress
from detector.training.recipe import Recipe
from detector.training.recipes import named

ROLES = ("general", "face")


@dataclass(frozen=True)
class Plan:
    """What a joint training needs beside the two recipes.

    `weights`: what the features begin from, in torchvision's layout; `earlier`: a bundle whose features the trained
    blocks begin from instead; `out`: folder of the bundles and of the bank; `copies` of each picture; the schedules
    without the sources that are left out, and then with them.
    """

    packs: Packs
    weights: Path
    out: Path
    version: str
    earlier: Path | None = None
    copies: int = 3
    first: Schedule = field(default_factory=Schedule)
    later: Sequence[Schedule] = ()
    seed: int = 0


def run(plan: Plan, progress: Progress) -> list[Card]:
    """Train, calibrate each role on degraded pictures of the sources that its recipe leaves out, and write bundles.

    The later schedules train on these sources too; a share of every source no schedule sees.

    Raises PackError when the sources that are left out lack a class, ArchitectureError when the weights do not fit.
    """
    began = time.monotonic()
    recipes = {role: named(role) for role in ROLES}
    leave_out = frozenset(source for recipe in recipes.values() for source in recipe.leave_out)
    pools = gather(plan.packs)
    network, two = _begin(recipes["general"], plan)
    bank = _bank(recipes["general"], plan, network, pools)
    share = recipes["general"].validation_share
    always, held = pools.held(share, frozenset()), pools.held(share, leave_out)
    train(two, Drawing(pools, bank, pools.weights(held)), plan.first, plan.seed, progress)
    fits = {role: fit(recipes[role], _of_role(network, two, role), pools, held, always) for role in ROLES}
    for number, schedule in enumerate(plan.later, 1):
        train(two, Drawing(pools, bank, pools.weights(always)), schedule, plan.seed + number, progress)
    facts = _facts(plan, pools, always if plan.later else held, time.monotonic() - began)
    bundles = {role: _of_role(network, two, role) for role in ROLES}
    if plan.later:
        fits = {role: fits[role].followed(recipes[role], bundles[role], pools, always) for role in ROLES}
    return [_save(recipes[role], plan, bundles[role], fits[role], facts) for role in ROLES]


def _begin(recipe: Recipe, plan: Plan) -> tuple[Network, TwoHeads]:
    network = single.begin(recipe, plan.weights)
    head = network.head
    if not isinstance(head, PooledHead):
        raise TypeError(f"{recipe.architecture} has no pooled head")
    for block in architecture(recipe.architecture).first_blocks(network, recipe.frozen_blocks):
        block.requires_grad_(False)
    if plan.earlier is not None:
        _take_over(network, plan.earlier, recipe.frozen_blocks)
    network.trunk.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network, TwoHeads(network, head.linear.in_features, plan.first.dropout)


def _take_over(network: Network, earlier: Path, first: int) -> None:
    """Begin the blocks from number `first` as those of a bundle. Raises BundleError, and ArchitectureError if it lacks
    them."""
    found = load(earlier).trunk.state_dict()
    for index, block in enumerate(network.trunk.get_submodule("features").children()):
        prefix = f"features.{index}."
        if index >= first:
            load_into(block, {name.removeprefix(prefix): t for name, t in found.items() if name.startswith(prefix)})


def _bank(recipe: Recipe, plan: Plan, network: Network, pools: Pools) -> Bank:
    pictures = Pictures(pools.samples, recipe.input_spec(), plan.seed, AUGMENTATIONS[recipe.augmentation])
    network.trunk.eval()
    return fill(network.trunk, pictures, plan.copies, plan.out / "bank")


def _of_role(network: Network, two: TwoHeads, role: str) -> Network:
    head = PooledHead(two.heads.in_features, two.rate)
    place = ROLES.index(role)
    with torch.no_grad():
        head.linear.weight.copy_(two.heads.weight[place : place + 1])
        head.linear.bias.copy_(two.heads.bias[place : place + 1])
    return Network(two.trunk, head.eval(), network.explained)


def _facts(plan: Plan, pools: Pools, held: Chosen, seconds: float) -> dict[str, Any]:
    training = pools.of(tuple(SHARES), ~held)
    return {
        "began_from": plan.weights.name + (f" and the bundle {read_card(plan.earlier).name}" if plan.earlier else ""),
        "packs": plan.packs.names(),
        "images": len(training),
        "copies": plan.copies,
        "schedules": [dataclasses.asdict(one) for one in (plan.first, *plan.later)],
        "sources": dict(sorted(Counter(sample.source for sample in training).items())),
        "seconds": round(seconds),
        "torch": torch.__version__,
    }


def _save(recipe: Recipe, plan: Plan, network: Network, fit: Fit, facts: dict[str, Any]) -> Card:
    held = {"validation_images": sum(fit.sources.values()), "validation_sources": fit.sources}
    fitted = {"unseen": fit.unseen, "sharpened": round(fit.sharpened, 4)}
    facts = {"recipe": dataclasses.asdict(recipe), **facts, **held, **fitted}
    card = new_card(recipe, network, (fit.final(), fit.thresholds), facts, version=plan.version)
    return save(plan.out / recipe.role, card, network)
