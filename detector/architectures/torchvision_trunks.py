"""Torchvision's classification networks as trunks: everything before their last pooling, read by a pooled head.

`resnet18` is named as such, any other one "torchvision-<its name there>", e.g. `torchvision-convnext_tiny`. Tensors
keep torchvision's names, so that its weights begin a trunk where somebody has the file.
"""

import functools
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from detector.architectures.base import (
    Architecture,
    ArchitectureError,
    Family,
    FeatureMaps,
    Network,
    PooledHead,
    load_into,
)
from detector.architectures.torchvision_shim import torchvision_models

LAST = "last"
DROPOUT = 0.2
_PREFIX = "torchvision-"
_SIZE = 224
_HEADS = {"avgpool", "fc", "classifier", "head", "flatten", "dropout", "aux1", "aux2", "AuxLogits"}


class Trunk(nn.Module):
    """Images (B, 3, H, W) -> {"last": (B, C, h, w)}; for ResNet-18 C is 512 and h and w are H and W over 32."""

    def __init__(self, layers: Mapping[str, nn.Module]) -> None:
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)

    def forward(self, images: Tensor) -> FeatureMaps:
        found = images
        for layer in self.children():
            found = layer(found)
        return {LAST: found}


def trunk_of(name: str) -> Architecture:
    """The architecture of a name in torchvision.

    Raises ArchitectureError when there is none, or when it makes no map on a grid, as those with a class token.
    """
    _channels(name)
    return Architecture(_PREFIX + name, lambda: _build(name), _initialise, _first_blocks)


def parse(name: str) -> Architecture | None:
    """The architecture of a name like "torchvision-convnext_tiny", None for other names. Raises as `trunk_of`."""
    return trunk_of(name.removeprefix(_PREFIX)) if name.startswith(_PREFIX) else None


def _build(name: str) -> Network:
    return Network(trunk=_trunk(name), head=PooledHead(_channels(name), DROPOUT), explained=LAST)


def _trunk(name: str) -> Trunk:
    whole = torchvision_models().get_model(name, weights=None, **_quick(name))
    layers = {key: _callable(child) for key, child in whole.named_children() if key not in _HEADS}
    if name.startswith("densenet"):
        layers["relu"] = nn.ReLU()
    return Trunk(layers)


@functools.cache
def _channels(name: str) -> int:
    if name not in torchvision_models().list_models(module=torchvision_models()):
        raise ArchitectureError(f"torchvision has no classification network named {name!r}")
    try:
        with torch.device("cpu" if name.startswith("regnet") else "meta"):
            trunk = _trunk(name).eval()
        found = trunk.to("meta")(torch.zeros(1, 3, _SIZE, _SIZE, device="meta"))[LAST]
        _, channels, _, _ = found.shape
    except (RuntimeError, ValueError, TypeError, AssertionError) as error:
        raise ArchitectureError(f"torchvision's {name} has no map on a grid before its head") from error
    return int(channels)


def _quick(name: str) -> dict[str, bool]:
    return {"init_weights": False} if name in {"googlenet", "inception_v3"} else {}


def _callable(child: nn.Module) -> nn.Module:
    return nn.Sequential(*child) if isinstance(child, nn.ModuleList) else child


def _initialise(network: Network, weights: Mapping[str, Tensor]) -> None:
    parts = {key for key, _ in network.trunk.named_children()}
    load_into(network.trunk, {key: tensor for key, tensor in weights.items() if key.split(".")[0] in parts})


def _first_blocks(network: Network, count: int) -> list[nn.Module]:
    blocks = list(network.trunk.children())
    nested = list(blocks[0].children())
    return (nested if len(blocks) == 1 else blocks)[:count]


RESNET18 = Architecture("resnet18", lambda: _build("resnet18"), _initialise, _first_blocks)
FAMILY = Family(_PREFIX + "convnext_tiny", parse)
