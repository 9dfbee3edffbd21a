"""The 17.6-million-parameter CNN for 224-pixel pictures that this work grew from, layer for layer in Keras's order.

Five blocks of (3x3 same convolution, ReLU, batch normalisation) twice, each followed by 2x2 max pooling; flatten; 512
units with ReLU; dropout; one unit. 17,562,273 trainable parameters and 3,968 running statistics: 17,566,241 in all.
"""

from torch import Tensor, nn

from detector.architectures.base import Architecture, FeatureMaps, Network
from detector.architectures.keras_style import batch_norm, begin_from_own, glorot

SIZE = 224
WIDTHS = (32, 64, 128, 256, 512)
DENSE = 512
DROPOUT = 0.5
LAST = "last"
_FLAT = WIDTHS[-1] * (SIZE // 2 ** len(WIDTHS)) ** 2


class Trunk(nn.Module):
    """Images (B, 3, 224, 224) -> {"last": (B, 512, 14, 14)}, the map before the fifth pooling."""

    def __init__(self) -> None:
        super().__init__()
        pairs = zip((3, *WIDTHS), WIDTHS, strict=False)
        self.blocks = nn.ModuleList(_block(incoming, width) for incoming, width in pairs)
        self.pool = nn.MaxPool2d(2)

    def forward(self, images: Tensor) -> FeatureMaps:
        found = self.blocks[0](images)
        for block in list(self.blocks)[1:]:
            found = block(self.pool(found))
        return {LAST: found}


class Head(nn.Module):
    """The fifth pooling, flatten, 512 units, dropout, one unit: (B, 512, 14, 14) -> (B, 1) logit of "not real"."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(2)
        self.dense = nn.Linear(_FLAT, DENSE)
        self.dropout = nn.Dropout(DROPOUT)
        self.linear = nn.Linear(DENSE, 1)

    def forward(self, feature_map: Tensor) -> Tensor:
        hidden = self.dense(self.pool(feature_map).flatten(1)).relu()
        logit: Tensor = self.linear(self.dropout(hidden))
        return logit


def build() -> Network:
    """A network with random weights, drawn as Keras draws them."""
    network = Network(trunk=Trunk(), head=Head(), explained=LAST)
    glorot(network.module())
    return network


def first_blocks(network: Network, count: int) -> list[nn.Module]:
    """The `count` blocks nearest the image, of 5."""
    return list(network.trunk.get_submodule("blocks").children())[:count]


def _block(incoming: int, width: int) -> nn.Sequential:
    return nn.Sequential(*_layer(incoming, width), *_layer(width, width))


def _layer(incoming: int, width: int) -> tuple[nn.Module, ...]:
    return nn.Conv2d(incoming, width, 3, padding=1), nn.ReLU(), batch_norm(width)


VILLARREAL = Architecture("villarreal", build, begin_from_own, first_blocks)
