"""PyTorch: channels last, half precision (fp16) on CUDA, float32 on a CPU."""

import copy

import torch
from torch import Tensor, nn

from detector.architectures.base import FeatureMaps


class TorchEngine:
    """A copy of a trunk on a device, in evaluation mode."""

    def __init__(self, trunk: nn.Module, device: torch.device) -> None:
        self._device = device
        self._dtype = torch.float16 if device.type == "cuda" else torch.float32
        frozen = copy.deepcopy(trunk).eval().requires_grad_(False)
        self._trunk = frozen.to(device=device, dtype=self._dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @property
    def device(self) -> torch.device:
        """Where the maps lie."""
        return self._device

    @torch.no_grad()
    def maps(self, images: Tensor) -> FeatureMaps:
        """Images (B, 3, H, W) float32 on the CPU -> named maps (B, C, h, w) float32 on `device`."""
        batch = images.to(device=self._device, dtype=self._dtype, memory_format=torch.channels_last)
        maps: FeatureMaps = self._trunk(batch)
        return {name: feature_map.float() for name, feature_map in maps.items()}
