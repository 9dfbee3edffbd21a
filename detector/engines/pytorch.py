"""PyTorch: channels last, half precision (fp16) on CUDA, float32 on a CPU."""

import copy

import torch
from torch import Tensor, nn

from detector.architectures.base import FeatureMaps

NAME = "torch"
_TOLERANCES = {torch.float16: 1e-2, torch.float32: 1e-4}


class TorchEngine:
    """A copy of a trunk on a device, in evaluation mode."""

    name = NAME

    def __init__(self, trunk: nn.Module, device: torch.device, dtype: torch.dtype | None = None) -> None:
        """`dtype`: float32 or float16; None is float16 on CUDA, float32 elsewhere."""
        self.device = device
        self._dtype = dtype or (torch.float16 if device.type == "cuda" else torch.float32)
        self.tolerance = _TOLERANCES[self._dtype]
        frozen = copy.deepcopy(trunk).eval().requires_grad_(False)
        self._trunk = frozen.to(device=device, dtype=self._dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @torch.no_grad()
    def maps(self, images: Tensor) -> FeatureMaps:
        """Images (B, 3, H, W) float32 on the CPU -> named maps (B, C, h, w) float32 on `device`."""
        batch = images.to(device=self.device, dtype=self._dtype, memory_format=torch.channels_last)
        maps: FeatureMaps = self._trunk(batch)
        return {name: feature_map.float() for name, feature_map in maps.items()}
