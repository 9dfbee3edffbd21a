"""A network for images of 32 pixels, trained from scratch: no pooling before the finest texture has been read.

The first layer takes 2x2 patches apart into mean, horizontal, vertical and diagonal difference of brightness and two
opponent colours, each divided by its usual spread, in both signs (whitening: Jordan 2024, "94 % on CIFAR-10 in 3.29
seconds", section 3.2; here the axes are known beforehand: those of stationary patches are the Hadamard transform's).
Differences of neighbouring pixels, where generators leave their traces, so reach the second layer as loud as the scene.
Three stages of 3x3 convolutions follow, at 32, 16 and 8 pixels.

`thumbnail(48,96,192)` has stages of these widths.
"""

import re
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d, pad

from detector.architectures.base import (
    Architecture,
    ArchitectureError,
    Family,
    FeatureMaps,
    Network,
    PooledHead,
    load_into,
)

LAST = "last"
DROPOUT = 0.1
_NAME = re.compile(r"thumbnail\((\d{1,4}),(\d{1,4}),(\d{1,4})\)")
_LARGEST = 1024
_COLOURS = ((1.0, 1.0, 1.0), (1.0, 0.0, -1.0), (1.0, -2.0, 1.0))
_PATCHES = (((1, 1), (1, 1)), ((1, -1), (1, -1)), ((1, 1), (-1, -1)), ((1, -1), (-1, 1)))
_SPREADS = (
    (1.662, 0.4543, 0.1977),
    (0.3206, 0.0402, 0.026),
    (0.4219, 0.0559, 0.0329),
    (0.1372, 0.01, 0.0074),
)
"""Standard deviations over photographs of 32 pixels scaled to -1..1, of each patch pattern in each of the colours."""


class Whitening(nn.Module):
    """(B, 3, H, W) -> (B, 24, H, W): twelve patterns of 2x2 patches, of unit spread at first, and their negatives."""

    def __init__(self) -> None:
        super().__init__()
        self.patterns = nn.Conv2d(3, 12, 2)
        with torch.no_grad():
            self.patterns.weight.copy_(_whitening())
            nn.init.zeros_(self.patterns.bias)  # type: ignore[arg-type]

    def forward(self, images: Tensor) -> Tensor:
        found: Tensor = self.patterns(pad(images, (0, 1, 0, 1)))
        return torch.cat([found, -found], dim=1).relu()


class Trunk(nn.Module):
    """Images (B, 3, H, W) -> {"last": (B, widths[2], H / 4, W / 4)}."""

    def __init__(self, widths: tuple[int, int, int]) -> None:
        super().__init__()
        fine, middle, coarse = widths
        self.whitening = Whitening()
        self.fine = _layer(24, fine)
        self.middle = nn.Sequential(_layer(fine, middle), _layer(middle, middle))
        self.coarse = nn.Sequential(_layer(middle, coarse), _layer(coarse, coarse))

    def forward(self, images: Tensor) -> FeatureMaps:
        fine = self.fine(self.whitening(images))
        middle = self.middle(max_pool2d(fine, 2))
        return {LAST: self.coarse(max_pool2d(middle, 2))}


def parse(name: str) -> Architecture | None:
    """The architecture of a name like "thumbnail(48,96,192)"; None for a name of another family.

    Raises ArchitectureError for a width of 0 or above 1024.
    """
    if not name.startswith("thumbnail"):
        return None
    found = _NAME.fullmatch(name)
    widths = tuple(int(width) for width in found.groups()) if found else ()
    if len(widths) != 3 or not all(0 < width <= _LARGEST for width in widths):
        raise ArchitectureError(f"{name!r} must name three widths of 1 to {_LARGEST}, as {FAMILY.example}")
    return Architecture(name, lambda: build(widths), initialise, first_blocks)


def build(widths: tuple[int, int, int]) -> Network:
    """A network with random weights behind the whitening."""
    return Network(trunk=Trunk(widths), head=PooledHead(widths[2], DROPOUT), explained=LAST)


def initialise(network: Network, weights: Mapping[str, Tensor]) -> None:
    """Begin from the weights of a bundle of the same architecture. Raises ArchitectureError when they do not fit."""
    load_into(network.module(), weights)


def first_blocks(network: Network, count: int) -> list[nn.Module]:
    """The `count` parts nearest the image, of 4."""
    return list(network.trunk.children())[:count]


def _layer(incoming: int, width: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(incoming, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU())


def _whitening() -> Tensor:
    """(12, 3, 2, 2)."""
    colours = torch.nn.functional.normalize(torch.tensor(_COLOURS), dim=1)
    patches = torch.tensor(_PATCHES, dtype=torch.float32) / 2
    filters = patches[:, None, None] * colours[None, :, :, None, None]
    return (filters / torch.tensor(_SPREADS)[:, :, None, None, None]).flatten(0, 1)


FAMILY = Family("thumbnail(48,96,192)", parse)
