"""What every engine offers: a trunk, ready to run under inference settings."""

from typing import Protocol

import torch
from torch import Tensor

from detector.architectures.base import FeatureMaps


class Engine(Protocol):
    """Runs one trunk. `device` is where its maps lie, and where the head that reads them has to be."""

    @property
    def device(self) -> torch.device:
        """Where the maps lie."""

    def maps(self, images: Tensor) -> FeatureMaps:
        """Images (B, 3, H, W) float32 on the CPU -> named maps (B, C, h, w) float32 on `device`, without gradients."""
