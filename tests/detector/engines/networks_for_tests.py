"""Random networks of every architecture, whose logits differ clearly between pictures."""

from typing import Any

import torch
from torch import Tensor, nn

from detector.architectures import ARCHITECTURES, FAMILIES, Network, architecture
from detector.bundles import Bundle, InputSpec
from tests.detector.bundles_for_tests import MIDDLE, card

EVERY = [*sorted(ARCHITECTURES), *(family.example for family in FAMILIES)]
_SIZES = (32, 224)


class TwoMaps(nn.Module):
    """A trunk with a fine and a coarse map; the head reads the fine one, which has the coarse one beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.second = nn.Conv2d(4, 6, 3, stride=2, padding=1)

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        fine = self.first(images).relu()
        coarse = self.second(fine)
        spread = (coarse - coarse.mean(dim=1, keepdim=True)).square().mean(dim=1, keepdim=True).sqrt()
        wide = nn.functional.interpolate(spread, size=fine.shape[2:], mode="nearest")
        return {"fine": torch.cat([fine, wide], dim=1), "coarse": coarse}


class MeanHead(nn.Module):
    """Mean over the map and one linear unit."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.linear = nn.Linear(channels, 1)

    def forward(self, feature_map: Tensor) -> Tensor:
        logit: Tensor = self.linear(feature_map.mean(dim=(2, 3)))
        return logit


def small(size: int = 16, seed: int = 0, **changes: Any) -> Bundle:
    """A bundle of a few hundred weights with two maps, whose card names no architecture that could be built."""
    torch.manual_seed(seed)
    network = Network(TwoMaps(), MeanHead(5), "fine")
    network.module().eval().requires_grad_(False)
    fields: dict[str, Any] = {"architecture": "two-maps", "input": InputSpec(size, MIDDLE, MIDDLE), "explained": "fine"}
    return Bundle(card(**(fields | changes)), network)


def random_bundle(name: str) -> Bundle:
    """A bundle of that architecture at the smallest input it takes, whose logits differ by about 1."""
    torch.manual_seed(0)
    network = architecture(name).build()
    size = _warmed_up(network)
    network.module().eval().requires_grad_(False)
    with torch.no_grad():
        spread = network.logits(torch.randn(4, 3, size, size)).std()
        last = [layer for layer in network.head.modules() if isinstance(layer, nn.Linear | nn.Conv2d)][-1]
        last.weight.div_(spread)
    spec = InputSpec(size, MIDDLE, MIDDLE)
    return Bundle(card(architecture=name, input=spec, explained=network.explained), network)


def _warmed_up(network: Network) -> int:
    """Give the network's batch normalisation something to go by; return the input size that was taken."""
    network.module().train()
    for size in _SIZES:
        try:
            with torch.no_grad():
                network.logits(torch.randn(4, 3, size, size))
        except RuntimeError:
            continue
        return size
    raise AssertionError("the network takes none of the sizes")
