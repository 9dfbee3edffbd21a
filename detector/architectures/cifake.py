"""The small convolutional networks for 32-pixel images of Bird and Lotfi, "CIFAKE" (2024), tables 2 to 11.

Their names say their sizes: `cifake-32x2` is two layers of 32 filters straight to the output, `cifake-32x2-64x1` has
one dense layer of 64 neurons between. A layer is a 3x3 convolution without padding, ReLU and 2x2 max pooling.
"""

import itertools
import re
from dataclasses import dataclass

from torch import Tensor, nn

from detector.architectures.base import Architecture, ArchitectureError, Family, FeatureMaps, Network
from detector.architectures.keras_style import begin_from_own, glorot

SIZE = 32
LAST = "last"
_NAME = re.compile(r"cifake-(\d{1,6})x(\d{1,6})(?:-(\d{1,6})x(\d{1,6}))?")
_MOST = {"filters": 1024, "layers": 3, "neurons": 8192, "dense layers": 8}


@dataclass(frozen=True)
class Sizes:
    """Filters of each of the `layers`, and neurons of each of the `dense_layers` (0: straight to the output)."""

    filters: int
    layers: int
    neurons: int = 0
    dense_layers: int = 0

    @property
    def name(self) -> str:
        """The name that a card bears."""
        dense = f"-{self.neurons}x{self.dense_layers}" if self.dense_layers else ""
        return f"cifake-{self.filters}x{self.layers}{dense}"

    def cells(self) -> int:
        """Side of the map after the last pooling of a 32-pixel image."""
        side = SIZE
        for _ in range(self.layers):
            side = (side - 2) // 2
        return side


class Trunk(nn.Module):
    """Images (B, 3, 32, 32) -> {"last": (B, filters, h, h)}, the map before the last pooling; h is 30, 13 or 4."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        incoming = [3] + [sizes.filters] * (sizes.layers - 1)
        self.convolutions = nn.ModuleList(nn.Conv2d(channels, sizes.filters, 3) for channels in incoming)
        self.pool = nn.MaxPool2d(2)

    def forward(self, images: Tensor) -> FeatureMaps:
        first, *others = self.convolutions
        found: Tensor = first(images).relu()
        for convolution in others:
            found = convolution(self.pool(found)).relu()
        return {LAST: found}


class Head(nn.Module):
    """The last pooling, flatten, the dense layers with ReLU, one unit: (B, filters, h, h) -> (B, 1) logit."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(2)
        widths = [sizes.filters * sizes.cells() ** 2] + [sizes.neurons] * sizes.dense_layers
        self.dense = nn.ModuleList(nn.Linear(*pair) for pair in itertools.pairwise(widths))
        self.linear = nn.Linear(widths[-1], 1)

    def forward(self, feature_map: Tensor) -> Tensor:
        found = self.pool(feature_map).flatten(1)
        for dense in self.dense:
            found = dense(found).relu()
        logit: Tensor = self.linear(found)
        return logit


def cifake(filters: int, layers: int, neurons: int = 0, dense_layers: int = 0) -> Architecture:
    """The architecture of these sizes. Raises ArchitectureError when a 32-pixel image has no room for them."""
    sizes = Sizes(filters, layers, neurons, dense_layers)
    _check(sizes)
    return Architecture(sizes.name, lambda: _build(sizes), begin_from_own, _first_blocks)


def parse(name: str) -> Architecture | None:
    """The architecture of a name like "cifake-32x2-64x1", None for other names. Raises as `cifake`."""
    found = _NAME.fullmatch(name)
    return None if found is None else cifake(*(int(number) for number in found.groups() if number is not None))


def _check(sizes: Sizes) -> None:
    given = {"filters": sizes.filters, "layers": sizes.layers}
    if sizes.neurons or sizes.dense_layers:
        given |= {"neurons": sizes.neurons, "dense layers": sizes.dense_layers}
    for what, number in given.items():
        if not 1 <= number <= _MOST[what]:
            raise ArchitectureError(f"{sizes.name}: {what} must be 1 to {_MOST[what]}")


def _build(sizes: Sizes) -> Network:
    network = Network(trunk=Trunk(sizes), head=Head(sizes), explained=LAST)
    glorot(network.module())
    return network


def _first_blocks(network: Network, count: int) -> list[nn.Module]:
    return list(network.trunk.get_submodule("convolutions").children())[:count]


FAMILY = Family("cifake-32x2-64x1", parse)
