"""MobileNetV2 read at several depths: how a picture's texture is, beside what it shows.

Generated pictures differ from photographs in texture as well as in subject, and the shallow maps hold texture. The mean
and the standard deviation of each shallow map, in every cell of the last map's grid, are laid beside the last maps (the
channel statistics that stand for style in Huang and Belongie 2017, taken locally). One pooled linear head reads them
all, so that its Grad-CAM is the exact local evidence.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from detector.architectures.base import Architecture, FeatureMaps, Network, PooledHead, load_into
from detector.architectures.torchvision_shim import torchvision_models

FUSED = "fused"
SPLIT = 7
"""The first block that `finish` computes."""
DROPOUT = 0.3
DEPTHS: Mapping[int, tuple[int, int]] = {3: (24, 8), 6: (32, 4), 10: (64, 2), 13: (96, 2)}
"""Block -> its channels, and its cells along one side of a cell of the last grid."""
DEEP: Mapping[int, int] = {17: 320, 18: 1280}
"""Blocks on the last grid -> their channels."""
CHANNELS = 2 * sum(channels for channels, _ in DEPTHS.values()) + sum(DEEP.values())
_LEAST_VARIANCE = 1e-6


def local_statistics(feature_map: Tensor, side: int) -> Tensor:
    """Mean and standard deviation in squares of `side` cells: (B, C, h, w) -> (B, 2C, h / side, w / side).

    Computed in float32 whatever the map is in, for the variance is a small difference.
    """
    wide = feature_map.float()
    mean = avg_pool2d(wide, side)
    variance = torch.relu(avg_pool2d(wide * wide, side) - mean * mean)
    return torch.cat([mean, torch.sqrt(variance + _LEAST_VARIANCE)], dim=1).to(feature_map.dtype)


class Trunk(nn.Module):
    """Images (B, 3, H, W), sides multiples of 32 -> {"fused": (B, 2032, H / 32, W / 32)}, each channel normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.features: nn.Sequential = torchvision_models().mobilenet_v2(weights=None).features
        self.normalise = nn.BatchNorm2d(CHANNELS)

    def forward(self, images: Tensor) -> FeatureMaps:
        return {FUSED: self.finish(*self.begin(images))}

    def begin(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """What may be computed once and kept where the first blocks are not trained.

        Images -> the map after block 6, (B, 32, H / 8, W / 8), and the statistics so far, (B, 112, H / 32, W / 32).
        """
        current, parts = self._run(images, 0, SPLIT)
        return current, torch.cat(parts, dim=1)

    def finish(self, current: Tensor, statistics: Tensor) -> Tensor:
        """What `begin` gave -> the map named "fused"."""
        _, parts = self._run(current, SPLIT, len(self.features))
        fused: Tensor = self.normalise(torch.cat([statistics, *parts], dim=1))
        return fused

    def _run(self, current: Tensor, first: int, end: int) -> tuple[Tensor, list[Tensor]]:
        parts = []
        for index in range(first, end):
            current = self.features[index](current)
            if index in DEPTHS:
                parts.append(local_statistics(current, DEPTHS[index][1]))
            elif index in DEEP:
                parts.append(current)
        return current, parts


def build() -> Network:
    """A network with random weights."""
    return Network(trunk=Trunk(), head=PooledHead(CHANNELS, DROPOUT), explained=FUSED)


def initialise(network: Network, weights: Mapping[str, Tensor]) -> None:
    """Begin the features from ImageNet weights in torchvision's layout; the classifier among them is not used.

    Raises ArchitectureError when the weights do not fit.
    """
    features = network.trunk.get_submodule("features")
    prefix = "features."
    load_into(features, {name.removeprefix(prefix): t for name, t in weights.items() if name.startswith(prefix)})


def first_blocks(network: Network, count: int) -> list[nn.Module]:
    """The `count` blocks nearest the image, of 19."""
    return list(network.trunk.get_submodule("features").children())[:count]


FUSED_MOBILENET_V2 = Architecture("fused_mobilenet_v2", build, initialise, first_blocks)
