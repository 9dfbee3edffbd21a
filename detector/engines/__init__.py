"""Where a trunk runs."""

import torch
from torch import nn

from detector.engines.base import Engine, EngineError
from detector.engines.choice import AUTO, Chosen, Engines
from detector.engines.making import NAMES
from detector.engines.pytorch import TorchEngine


def choose_device(name: str) -> torch.device:
    """The device that "auto", "cpu" or "cuda[:n]" means; "auto" is CUDA where there is one."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def engine_for(trunk: nn.Module, device: torch.device) -> Engine:
    """PyTorch for a trunk on this device, without a look at other engines."""
    return TorchEngine(trunk, device)


__all__ = ["AUTO", "NAMES", "Chosen", "Engine", "EngineError", "Engines", "choose_device", "engine_for"]
