"""A compact convolutional transformer for 32-pixel images (Hassani et al. 2021, "Escaping the big data paradigm").

Two convolutions with pooling turn the image into 8 x 8 tokens, four pre-norm transformer blocks mix them, and the head
pools them by learned attention. Written with plain operations, so that every engine can run it.
"""

import torch
from torch import Tensor, nn

from detector.architectures.base import Architecture, FeatureMaps, Network
from detector.architectures.keras_style import begin_from_own

SIZE = 32
TOKENS = 8
WIDTH = 128
DEPTH = 4
HEADS = 4
DROPOUT = 0.1
LAST = "last"
_SPREAD = 0.02


class Attention(nn.Module):
    """Multi-head self-attention (Vaswani et al. 2017, 3.2): (B, n, WIDTH) -> the same shape."""

    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)

    def forward(self, tokens: Tensor) -> Tensor:
        batch, count, _ = tokens.shape
        mixed = self.mix(tokens).reshape(batch, count, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        query, key, value = mixed[0], mixed[1], mixed[2]
        weights = (query @ key.transpose(-2, -1) * (WIDTH // HEADS) ** -0.5).softmax(dim=-1)
        found: Tensor = self.out((weights @ value).transpose(1, 2).reshape(batch, count, WIDTH))
        return found


class Block(nn.Module):
    """Attention and two dense layers, each on normalised tokens and added to them: (B, n, WIDTH) -> the same shape."""

    def __init__(self) -> None:
        super().__init__()
        self.before_attention = nn.LayerNorm(WIDTH)
        self.attention = Attention()
        self.before_dense = nn.LayerNorm(WIDTH)
        self.dense = nn.Sequential(
            nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(2 * WIDTH, WIDTH)
        )

    def forward(self, tokens: Tensor) -> Tensor:
        tokens = tokens + self.attention(self.before_attention(tokens))
        found: Tensor = tokens + self.dense(self.before_dense(tokens))
        return found


class Trunk(nn.Module):
    """Images (B, 3, 32, 32) -> {"last": (B, 128, 8, 8)}: the tokens, each at its place."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(*_shrinking(3, WIDTH // 2), *_shrinking(WIDTH // 2, WIDTH))
        self.places = nn.Parameter(torch.empty(1, TOKENS**2, WIDTH))
        self.blocks = nn.ModuleList(Block() for _ in range(DEPTH))
        self.norm = nn.LayerNorm(WIDTH)

    def forward(self, images: Tensor) -> FeatureMaps:
        tokens = self.stem(images).flatten(2).transpose(1, 2) + self.places
        for block in self.blocks:
            tokens = block(tokens)
        return {LAST: self.norm(tokens).transpose(1, 2).reshape(-1, WIDTH, TOKENS, TOKENS)}


class Head(nn.Module):
    """Sequence pooling (Hassani et al. 2021, eq. 4) and one unit: (B, 128, 8, 8) -> (B, 1) logit of "not real"."""

    def __init__(self) -> None:
        super().__init__()
        self.importance = nn.Linear(WIDTH, 1)
        self.linear = nn.Linear(WIDTH, 1)

    def forward(self, feature_map: Tensor) -> Tensor:
        tokens = feature_map.flatten(2).transpose(1, 2)
        weights = self.importance(tokens).softmax(dim=1)
        logit: Tensor = self.linear((weights * tokens).sum(dim=1))
        return logit


def build() -> Network:
    """A network with random weights: truncated normal of 0.02 for what mixes tokens, PyTorch's own for convolutions."""
    trunk, head = Trunk(), Head()
    nn.init.trunc_normal_(trunk.places, std=_SPREAD)
    for layer in (*trunk.modules(), *head.modules()):
        if isinstance(layer, nn.Linear):
            nn.init.trunc_normal_(layer.weight, std=_SPREAD)
            nn.init.zeros_(layer.bias)
    return Network(trunk=trunk, head=head, explained=LAST)


def first_blocks(network: Network, count: int) -> list[nn.Module]:
    """The `count` blocks nearest the image: the stem, then the transformer blocks, 5 in all."""
    blocks = network.trunk.get_submodule("blocks").children()
    return [network.trunk.get_submodule("stem"), *blocks][:count]


def _shrinking(incoming: int, width: int) -> tuple[nn.Module, ...]:
    return nn.Conv2d(incoming, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1)


ATTENTION = Architecture("attention", build, begin_from_own, first_blocks)
