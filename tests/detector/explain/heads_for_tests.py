"""Three kinds of heads over a small trunk whose map is as large as its input, so that nothing needs resizing."""

import torch
from torch import Tensor, nn

CHANNELS, ROWS, COLUMNS = 6, 9, 7
KINDS = ("pooled", "dense", "convolution", "dead")


class Convolution(nn.Module):
    """A head whose gradient differs from place to place."""

    def __init__(self, channels: int = CHANNELS) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(channels, 4, 3)
        self.linear = nn.Linear(4, 1)

    def forward(self, feature_map: Tensor) -> Tensor:
        logit: Tensor = self.linear(torch.tanh(self.convolution(feature_map)).amax(dim=(2, 3)))
        return logit


def trunk() -> nn.Sequential:
    """Images (B, 3, 9, 7) -> maps (B, 6, 9, 7); black pixels far from others give a map of zeros."""
    return nn.Sequential(nn.Conv2d(3, CHANNELS, 3, padding=1, bias=False), nn.ReLU())


def head(kind: str) -> nn.Module:
    """A head (B, 6, 9, 7) -> (B, 1); "dead" has a logit that no map can change."""
    if kind == "convolution":
        return Convolution()
    if kind == "pooled":
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(CHANNELS, 1))
    hidden = nn.Linear(CHANNELS * ROWS * COLUMNS, 5)
    if kind == "dead":
        nn.init.constant_(hidden.bias, -1000.0)
    return nn.Sequential(nn.Flatten(), hidden, nn.ReLU(), nn.Linear(5, 1))


def images() -> Tensor:
    """(6, 3, 9, 7); the fifth is black and the last is a black one with one bright corner."""
    made = torch.randn(6, 3, ROWS, COLUMNS, generator=torch.Generator().manual_seed(7))
    made[4:] = 0
    made[5, :, :2, :2] = 3.0
    return made
