"""ONNX Runtime: on a CPU, or on CUDA where its CUDA provider is installed."""

from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from torch import Tensor

from detector.architectures.base import FeatureMaps
from detector.engines.base import EngineError
from detector.engines.onnx_export import INPUT

NAME = "onnxruntime"
_CUDA = "CUDAExecutionProvider"
_CPU = "CPUExecutionProvider"
_LARGEST_PASS = 8  # the arena keeps what the largest pass took, and on a CPU larger passes are no faster


class OnnxEngine:
    """An exported trunk in a session of its own, float32."""

    name = NAME
    tolerance = 1e-4

    def __init__(self, model: bytes, device: torch.device, threads: int) -> None:
        """`threads`: those of the session, when it runs on a CPU. Raises EngineError."""
        import onnxruntime  # noqa: PLC0415  a fifth of a second that other engines need not wait for

        self.device = device
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # threads that wait by spinning take the cores from PyTorch, which runs the head right after
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=_providers(device))
        except Exception as error:
            raise EngineError(f"ONNX Runtime cannot load the model: {str(error).splitlines()[0]}") from error
        self._names = [output.name for output in self._session.get_outputs()]
        self._pass = _LARGEST_PASS if device.type == "cpu" else None

    def maps(self, images: Tensor) -> FeatureMaps:
        """Images (B, 3, H, W) float32 on the CPU -> named maps (B, C, h, w) float32 on `device`."""
        parts = [self._session.run(None, {INPUT: part.contiguous().numpy()}) for part in self._parts(images)]
        together = (np.concatenate(found) if len(parts) > 1 else found[0] for found in zip(*parts, strict=True))
        return {
            name: torch.from_numpy(found).to(self.device) for name, found in zip(self._names, together, strict=True)
        }

    def _parts(self, images: Tensor) -> tuple[Tensor, ...]:
        return torch.split(images, self._pass) if self._pass else (images,)


def why_not(device: torch.device) -> str | None:
    """Why ONNX Runtime cannot be used on this device; None when it can."""
    if missing := [package for package in ("onnxruntime", "onnx") if find_spec(package) is None]:
        return f"the package {' and '.join(missing)} is not installed"
    if device.type == "cuda" and _CUDA not in _available():
        return "the installed ONNX Runtime has no CUDA provider (use the device cpu, or install onnxruntime-gpu)"
    return None


def _available() -> list[str]:
    import onnxruntime  # noqa: PLC0415

    found: list[str] = onnxruntime.get_available_providers()
    return found


def _providers(device: torch.device) -> list[Any]:
    if device.type == "cuda":
        return [(_CUDA, {"device_id": device.index or 0}), _CPU]
    return [_CPU]
