"""Where a trunk runs."""

import torch
from torch import nn

from detector.engines.base import Engine
from detector.engines.pytorch import TorchEngine


def choose_device(name: str) -> torch.device:
    """The device that "auto", "cpu" or "cuda[:n]" means; "auto" is CUDA where there is one."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def engine_for(trunk: nn.Module, device: torch.device) -> Engine:
    """The engine that runs this trunk on this device."""
    return TorchEngine(trunk, device)


__all__ = ["Engine", "choose_device", "engine_for"]
