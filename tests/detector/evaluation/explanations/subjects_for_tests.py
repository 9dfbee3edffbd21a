"""A network whose answer is known by heart: brightness of the first channel, cell by cell."""

import torch
from torch import Tensor, nn

from detector.evaluation.explanations.candidates import Subject

SIZE, CELLS = 32, 8
MAP = "cells"


class Cells(nn.Module):
    """Images (B, 3, 32, 32) -> the first two colours' means over 4 x 4 pixels, times a weight: (B, 2, 8, 8)."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, 2, 4, stride=4, bias=False)
        self.convolution.weight.data.zero_()
        self.convolution.weight.data[0, 0] = 1 / 16
        self.convolution.weight.data[1, 1] = 1 / 16

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        return {MAP: torch.relu(self.convolution(images))}


def head(weight: float = 6.0, bias: float = -1.0) -> nn.Sequential:
    """The first colour speaks for "not real", the second for "real"."""
    linear = nn.Linear(2, 1)
    linear.weight.data = torch.tensor([[weight, -weight]])
    linear.bias.data.fill_(bias)
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), linear)


def subject() -> Subject:
    return Subject(Cells().requires_grad_(False), head().requires_grad_(False), MAP)


def red_corners(count: int) -> Tensor:
    """Dark images (count, 3, 32, 32) with a red square in the top left corner, which alone decides, and some noise."""
    made = 0.1 * torch.rand(count, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))
    made[:, 0, :12, :12] = 4.0
    return made
