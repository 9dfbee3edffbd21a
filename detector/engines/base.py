"""What every engine offers: a trunk, ready to run under inference settings."""

from typing import Protocol

import torch
from torch import Tensor

from detector.architectures.base import FeatureMaps


class EngineError(Exception):
    """The engine is not installed, cannot run this trunk here, or gives other scores than the trunk itself."""


class Engine(Protocol):
    """Runs one trunk. `device` is where its maps lie, and where the head that reads them has to be."""

    @property
    def name(self) -> str:
        """The name by which the engine is asked for."""

    @property
    def device(self) -> torch.device:
        """Where the maps lie."""

    @property
    def tolerance(self) -> float:
        """How far a probability may be from the float32 trunk's: 1e-4 for float32, 1e-2 for half precision."""

    def maps(self, images: Tensor) -> FeatureMaps:
        """Images (B, 3, H, W) float32 on the CPU -> named maps (B, C, h, w) float32 on `device`, without gradients."""
