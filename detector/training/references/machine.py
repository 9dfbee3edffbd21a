"""What a run was made on."""

import platform
from pathlib import Path
from typing import Any

import torch

from detector.training.precision import resolve

_PROCESSORS = Path("/proc/cpuinfo")


def machine(device: torch.device, precision: str) -> dict[str, Any]:
    """The processor's or GPU's name, threads, number format and PyTorch's version."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else _processor()
    threads = torch.get_num_threads()
    return {"name": name, "threads": threads, "precision": resolve(precision, device), "torch": torch.__version__}


def _processor() -> str:
    lines = _PROCESSORS.read_text().splitlines() if _PROCESSORS.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
