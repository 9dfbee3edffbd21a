"""FakeNet and FakeNet2, two networks for 32-pixel images of "Classifying Real Vs. Modified Vs. AI-Generated Images".

FakeNet2 has 1,454,081 parameters: its code pools after the first two of its three convolutions. Its README speaks of a
pool after each of the three, which would have 667,649: that one is `fakenet2-three-pools`. FakeNet pools nowhere.
"""

from collections.abc import Callable

from torch import Tensor, nn

from detector.architectures.base import Architecture, FeatureMaps, Network
from detector.architectures.keras_style import begin_from_own

DROPOUT = 0.5
LAST = "last"
_HIDDEN = (256, 128)


class Trunk(nn.Module):
    """Images (B, 3, 32, 32) -> {"last": (B, 256, h, h)}."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, images: Tensor) -> FeatureMaps:
        return {LAST: self.layers(images)}


class Head(nn.Module):
    """Flatten, 256 units with batch normalisation and dropout, 128 units, one: (B, 256, h, h) -> (B, 1) logit."""

    def __init__(self, cells: int, pool: bool = False) -> None:
        super().__init__()
        wide, narrow = _HIDDEN
        self.pool = nn.MaxPool2d(2) if pool else nn.Identity()
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(256 * cells**2, wide),
            nn.ReLU(),
            nn.BatchNorm1d(wide),
            nn.Dropout(DROPOUT),
            nn.Linear(wide, narrow),
            nn.ReLU(),
            nn.Linear(narrow, 1),
        )

    def forward(self, feature_map: Tensor) -> Tensor:
        logit: Tensor = self.layers(self.pool(feature_map))
        return logit


def fakenet2() -> Network:
    """Three unpadded 3x3 convolutions with ReLU and batch normalisation, 2x2 max pooling after two; a 4x4 map."""
    return Network(trunk=_pooling_trunk(), head=Head(cells=4), explained=LAST)


def fakenet2_three_pools() -> Network:
    """As its README says it: a pooling after the third convolution too, which belongs to the head here."""
    return Network(trunk=_pooling_trunk(), head=Head(cells=2, pool=True), explained=LAST)


def fakenet() -> Network:
    """Convolutions of 3x3 and 5x5 in turn, two of them with a stride of 2, ReLU, no pooling; a 5x5 map."""
    convolutions = (
        nn.Conv2d(3, 64, 3),
        nn.Conv2d(64, 128, 5),
        nn.Conv2d(128, 256, 3, stride=2, padding=1),
        nn.Conv2d(256, 256, 5),
        nn.Conv2d(256, 256, 3, stride=2, padding=1),
    )
    layers = [layer for convolution in convolutions for layer in (convolution, nn.ReLU())]
    return Network(trunk=Trunk(*layers), head=Head(cells=5), explained=LAST)


def _pooling_trunk() -> Trunk:
    first, second, third = _set(3, 64), _set(64, 128), _set(128, 256)
    return Trunk(*first, nn.MaxPool2d(2), *second, nn.MaxPool2d(2), *third)


def _set(incoming: int, width: int) -> tuple[nn.Module, ...]:
    return nn.Conv2d(incoming, width, 3), nn.ReLU(), nn.BatchNorm2d(width)


def _first_blocks(network: Network, count: int) -> list[nn.Module]:
    return list(network.trunk.get_submodule("layers").children())[:count]


def _named(name: str, build: Callable[[], Network]) -> Architecture:
    return Architecture(name, build, begin_from_own, _first_blocks)


FAKENET2 = _named("fakenet2", fakenet2)
FAKENET2_THREE_POOLS = _named("fakenet2-three-pools", fakenet2_three_pools)
FAKENET = _named("fakenet", fakenet)
