"""Networks that judge every place of a picture: MobileNetV2 features beside residual noise, and a head of 1x1 kernels.

The residual branch sees what fixed high-pass filters leave (as in the steganalysis rich model of Fridrich and Kodovsky
2012, and Zhou et al. 2018, "Learning rich features for image manipulation detection") and is not shrunk before its
second layer.
"""

from collections.abc import Mapping
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate, pad

from detector.architectures.base import Architecture, FeatureMaps, Network, load_into
from detector.architectures.torchvision_shim import torchvision_models

FUSED = "fused"
CELL = 16
_DEPTHS = {3: 24, 6: 32, 13: 96, 18: 1280}
_LAST = 1280
_RESIDUAL = (16, 32, 48, 64)
_HIDDEN = 128
_PIXEL = 127.5
_LARGEST_RESIDUAL = 12.0
_SHARPNESS = (1.0, 3.0)
USUAL = -2.0
_SHARE = 0.1
"""Log-odds that training begins from for a place to be edited; local evidence is counted from there."""


class Trunk(nn.Module):
    """Images (B, 3, H, W), -1..1, sides that 32 divides -> {"fused": (B, C, H / 16, W / 16)}."""

    def __init__(self) -> None:
        super().__init__()
        features = torchvision_models().mobilenet_v2(weights=None).features
        self.features = nn.Sequential(*list(features.children())[: max(_DEPTHS) + 1])
        self.residual = Residual()

    def forward(self, images: Tensor) -> FeatureMaps:
        found = self.residual(images)
        for depth, block in enumerate(self.features):
            images = block(images)
            if depth in _DEPTHS:
                found += _on_grid(images, depth)
        return {FUSED: torch.cat(found, dim=1)}


class Residual(nn.Module):
    """Images (B, 3, H, W), -1..1 -> means and deviations of what high-pass kernels find, on the grid of H / 16."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3 * 3, *_RESIDUAL)
        self.layers = nn.ModuleList(_layer(before, after) for before, after in pairwise(widths))

    def forward(self, images: Tensor) -> list[Tensor]:
        found = (high_pass(images) * (_PIXEL / _LARGEST_RESIDUAL)).clamp(-1, 1)
        grids: list[Tensor] = []
        for number, layer in enumerate(self.layers):
            found = layer(found if number == 0 else avg_pool2d(found, 2))
            if number > 0:
                grids += local_statistics(found, CELL >> number)
        return grids


class LocalHead(nn.Module):
    """A logit for every place, from the place and from the whole picture beside it, and one for the picture.

    The picture's logit is a linear unit over the mean of the map's last channels, plus a learned mix of soft maxima and
    the mean of the local ones (Pinheiro and Collobert 2015).
    """

    def __init__(self, channels: int, last: int = _LAST, hidden: int = _HIDDEN, dropout: float = 0.2) -> None:
        super().__init__()
        self.last = last
        self.linear = nn.Linear(last, 1)
        self.norm = nn.BatchNorm2d(channels)
        self.place = nn.Conv2d(channels, hidden, 1)
        self.whole = nn.Conv2d(2 * channels, hidden, 1)
        self.dropout = nn.Dropout2d(dropout)
        self.mixed = nn.Conv2d(hidden, hidden, 1)
        self.logit = nn.Conv2d(hidden, 1, 1)
        self.pool = nn.Linear(1 + len(_SHARPNESS), 1)
        self._begin_unsure()

    def _begin_unsure(self) -> None:
        """Begin from "few places are edited"."""
        with torch.no_grad():
            nn.init.constant_(self.logit.bias, USUAL)  # type: ignore[arg-type]
            nn.init.constant_(self.pool.weight, _SHARE)
            nn.init.zeros_(self.pool.bias)

    def forward(self, feature_map: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, 1)."""
        return self.both(feature_map)[0]

    def local(self, feature_map: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, h, w) log-odds of "edited here", above the usual ones: 0 says nothing either way."""
        return self.both(feature_map)[1]

    def both(self, feature_map: Tensor) -> tuple[Tensor, Tensor]:
        """The picture's logit (B, 1) and what `local` gives (B, h, w)."""
        seen = self.norm(feature_map.float())
        spread = (seen.square().mean((2, 3), keepdim=True) - seen.mean((2, 3), keepdim=True).square()).clamp(min=0)
        whole = self.whole(torch.cat([seen.mean((2, 3), keepdim=True), (spread + 1e-5).sqrt()], dim=1))
        hidden = self.dropout(torch.relu(self.place(seen) + whole))
        local = self.logit(torch.relu(self.mixed(hidden))).float().flatten(1) - USUAL
        pooled = [local.mean(1), *(soft_maximum(local, sharpness) for sharpness in _SHARPNESS)]
        impression = self.linear(self.dropout(feature_map)[:, -self.last :].float().mean(dim=(2, 3)))
        logit: Tensor = impression + self.pool(torch.stack(pooled, dim=1))
        return logit, local.view(-1, *feature_map.shape[2:])


def soft_maximum(values: Tensor, sharpness: float) -> Tensor:
    """log(mean(exp(r v))) / r over the last axis: the mean for r near 0, the maximum for a large r."""
    count = torch.tensor(float(values.shape[1])).log()
    return (torch.logsumexp(values * sharpness, dim=1) - count.to(values.device)) / sharpness


def local_statistics(found: Tensor, cell: int) -> list[Tensor]:
    """Mean and standard deviation of each cell x cell square: (B, C, H, W) -> two of (B, C, H / cell, W / cell)."""
    exact = found.float()
    mean = avg_pool2d(exact, cell)
    spread = (avg_pool2d(exact.square(), cell) - mean.square()).clamp(min=0)
    return [mean, (spread + 1e-5).sqrt()]


def high_pass(images: Tensor) -> Tensor:
    """How far pixels lie off their neighbours' mean, in three ways: (B, C, H, W) -> (B, 3C, H, W).

    The neighbours are those left and right, those above and below, and all nine of the square, the pixel among them.
    By sums, not by kernels, so that automatic mixed precision does not round grey levels away before the difference.
    """
    around = pad(images, (1, 1, 1, 1), mode="replicate")
    across = (around[:, :, 1:-1, :-2] + around[:, :, 1:-1, 2:]) / 2 - images
    down = (around[:, :, :-2, 1:-1] + around[:, :, 2:, 1:-1]) / 2 - images
    return torch.cat([across, down, avg_pool2d(around, 3, stride=1) - images], dim=1)


def build() -> Network:
    """A network with random weights."""
    channels = sum(width * (2 if depth < 13 else 1) for depth, width in _DEPTHS.items()) + 2 * sum(_RESIDUAL[1:])
    return Network(trunk=Trunk(), head=LocalHead(channels), explained=FUSED)


def initialise(network: Network, weights: Mapping[str, Tensor]) -> None:
    """Begin the colour branch from MobileNetV2's weights, in torchvision's layout or those of a bundle.

    A bundle's linear unit, and a residual branch, are taken too where they are given. Raises ArchitectureError when
    the weights do not fit.
    """
    named = {name.removeprefix("trunk."): tensor for name, tensor in weights.items()}
    load_into(network.trunk.get_submodule("features"), _part(named, "features."))
    if residual := _part(named, "residual."):
        load_into(network.trunk.get_submodule("residual"), residual)
    if linear := _part(named, "head.linear."):
        load_into(network.head.get_submodule("linear"), linear)


def _part(weights: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in weights.items() if name.startswith(prefix)}


def first_blocks(network: Network, count: int) -> list[nn.Module]:
    """The `count` blocks of the colour branch nearest the image, of 18."""
    return list(network.trunk.get_submodule("features").children())[:count]


def _on_grid(found: Tensor, depth: int) -> list[Tensor]:
    if depth == max(_DEPTHS):
        return [interpolate(found, scale_factor=2.0, mode="nearest")]
    return [found] if depth == 13 else local_statistics(found, CELL // (4 if depth == 3 else 8))


def _layer(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU())


LOCAL = Architecture("mobilenet_v2_local", build, initialise, first_blocks)
