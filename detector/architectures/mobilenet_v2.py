"""MobileNetV2 (Sandler et al. 2018): torchvision's feature extractor, its last map read by a pooled head."""

from collections.abc import Mapping

from torch import Tensor, nn

from detector.architectures.base import Architecture, FeatureMaps, Network, PooledHead, load_into
from detector.architectures.torchvision_shim import torchvision_models

CHANNELS = 1280
DROPOUT = 0.2
LAST = "last"


class Trunk(nn.Module):
    """Images (B, 3, H, W) -> {"last": (B, 1280, ceil(H / 32), ceil(W / 32))}."""

    def __init__(self) -> None:
        super().__init__()
        self.features: nn.Sequential = torchvision_models().mobilenet_v2(weights=None).features

    def forward(self, images: Tensor) -> FeatureMaps:
        return {LAST: self.features(images)}


def build() -> Network:
    """A network with random weights."""
    return Network(trunk=Trunk(), head=PooledHead(CHANNELS, DROPOUT), explained=LAST)


def initialise(network: Network, weights: Mapping[str, Tensor]) -> None:
    """Begin the trunk from ImageNet weights in torchvision's layout; the classifier among them is not used.

    Raises ArchitectureError when the weights do not fit.
    """
    load_into(network.trunk, {name: tensor for name, tensor in weights.items() if name.startswith("features.")})


def first_blocks(network: Network, count: int) -> list[nn.Module]:
    """The `count` blocks nearest the image, of 19."""
    features = network.trunk.get_submodule("features")
    return list(features.children())[:count]


MOBILENET_V2 = Architecture("mobilenet_v2", build, initialise, first_blocks)
