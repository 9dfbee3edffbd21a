"""One joint training: packs in, a general and a face bundle out."""

import dataclasses
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from detector.architectures import Network, architecture
from detector.architectures.base import PooledHead
from detector.bundles import Card, save
from detector.evaluation.scoring import score
from detector.training import loop as single
from detector.training.augmentation import AUGMENTATIONS, degrade
from detector.training.calibration import FITS, propose_thresholds
from detector.training.dataset import Pictures
from detector.training.joint.bank import Bank, fill
from detector.training.joint.gather import Packs, gather
from detector.training.joint.loop import Drawing, Schedule, TwoHeads, train
from detector.training.joint.pools import CUT, FACE, WHOLE, Pools
from detector.training.packs import PackError
from detector.training.progress import Progress
from detector.training.recipe import CLASSES, Recipe
from detector.training.recipes import named
from detector.training.run import LICENCE

ROLES = ("general", "face")
_HELD = {"general": (WHOLE,), "face": (FACE, CUT)}


@dataclass(frozen=True)
class Plan:
    """Packs, the weights that the features begin from, the folder of bundles and bank, copies of each picture,
    and the two schedules: without the sources that are left out, and then with them (None: not at all)."""

    packs: Packs
    weights: Path
    out: Path
    version: str
    copies: int = 3
    first: Schedule = field(default_factory=Schedule)
    second: Schedule | None = None
    seed: int = 0


def run(plan: Plan, progress: Progress) -> list[Card]:
    """Train, calibrate each role on degraded pictures of the sources that its recipe leaves out, and write bundles.

    Raises PackError when the sources that are left out lack a class, ArchitectureError when the weights do not fit.
    """
    began = time.monotonic()
    recipes = {role: named(role) for role in ROLES}
    leave_out = frozenset(source for recipe in recipes.values() for source in recipe.leave_out)
    pools = gather(plan.packs)
    network, two = _begin(recipes["general"], plan)
    bank = _bank(recipes["general"], plan, network, pools)
    train(two, Drawing(pools, bank, pools.weights(leave_out)), plan.first, plan.seed, progress)
    fitted = {role: _calibrate(recipes[role], _of_role(network, two, role), pools, leave_out) for role in ROLES}
    if plan.second is not None:
        train(two, Drawing(pools, bank, pools.weights(frozenset())), plan.second, plan.seed + 1, progress)
    facts = _facts(plan, pools, leave_out, time.monotonic() - began)
    return [_save(recipes[role], plan, _of_role(network, two, role), fitted[role], facts) for role in ROLES]


def _begin(recipe: Recipe, plan: Plan) -> tuple[Network, TwoHeads]:
    network = single.begin(recipe, plan.weights)
    head = network.head
    if not isinstance(head, PooledHead):
        raise TypeError(f"{recipe.architecture} has no pooled head")
    for block in architecture(recipe.architecture).first_blocks(network, recipe.frozen_blocks):
        block.requires_grad_(False)
    network.trunk.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network, TwoHeads(network, head.linear.in_features, plan.first.dropout)


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


def _calibrate(recipe: Recipe, network: Network, pools: Pools, leave_out: frozenset[str]) -> dict[str, Any]:
    held = [pools.samples[i] for i in pools.held(_HELD[recipe.role], leave_out)]
    if {sample.label for sample in held} != {0, 1}:
        raise PackError(f"The sources left out for {recipe.role} lack a class.")
    scored = score(network, recipe.input_spec(), held, degrade, recipe.seed)
    calibration = FITS[recipe.calibration](scored.logits, scored.labels)
    thresholds = propose_thresholds(calibration.probabilities(scored.logits), scored.labels)
    counts = dict(sorted(Counter(sample.source for sample in held).items()))
    return {"calibration": calibration, "thresholds": thresholds, "sources": counts}


def _facts(plan: Plan, pools: Pools, leave_out: frozenset[str], seconds: float) -> dict[str, Any]:
    training = [sample for sample in pools.samples if plan.second is not None or sample.source not in leave_out]
    return {
        "began_from": plan.weights.name,
        "packs": plan.packs.names(),
        "images": len(training),
        "copies": plan.copies,
        "schedules": [dataclasses.asdict(one) for one in (plan.first, plan.second) if one is not None],
        "sources": dict(sorted(Counter(sample.source for sample in training).items())),
        "seconds": round(seconds),
        "torch": torch.__version__,
    }


def _save(recipe: Recipe, plan: Plan, network: Network, fitted: dict[str, Any], facts: dict[str, Any]) -> Card:
    held = {"validation_images": sum(fitted["sources"].values()), "validation_sources": fitted["sources"]}
    card = Card(
        name=recipe.role,
        role=recipe.role,
        version=plan.version,
        architecture=recipe.architecture,
        classes=CLASSES[recipe.role],
        input=recipe.input_spec(),
        explained=network.explained,
        calibration=fitted["calibration"],
        thresholds=fitted["thresholds"],
        weights_sha256="",
        licence=LICENCE,
        explanation=recipe.explanation,
        training={"recipe": dataclasses.asdict(recipe), **facts, **held},
    )
    return save(plan.out / recipe.role, card, network)
