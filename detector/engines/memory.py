"""What was measured before on this machine, so that a restart need not measure again."""

import hashlib
import json
import os
import platform
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from detector.engines.onnx_export import write_whole


@dataclass(frozen=True)
class Measured:
    """Milliseconds for one image of each engine that ran, and why the others did not."""

    milliseconds: dict[str, float]
    refused: dict[str, str]

    @property
    def fastest(self) -> str:
        """The name of the engine that took the least time."""
        return min(self.milliseconds, key=lambda name: self.milliseconds[name])


class Memory:
    """Measurements by what was measured, kept in a folder; without a folder, for the life of this object."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._own: dict[str, Measured] = {}

    def recall(self, key: str) -> Measured | None:
        """What was measured under that key; None when nothing was, or when it cannot be understood."""
        if key not in self._own and self._folder is not None:
            with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
                self._own[key] = _parsed((self._folder / f"{key}.json").read_text())
        return self._own.get(key)

    def keep(self, key: str, measured: Measured) -> None:
        """Keep it for the next one who asks; a folder that cannot be written is no error."""
        self._own[key] = measured
        if self._folder is not None:
            with suppress(OSError):
                write_whole(self._folder / f"{key}.json", json.dumps(asdict(measured), indent=2).encode())


def key_of(architecture: str, size: int, device: torch.device, threads: int) -> str:
    """The key of a measurement: what decides an engine's speed. Weights do not, and retraining need not measure."""
    cuda = torch.cuda.get_device_name(device) if device.type == "cuda" else ""
    versions = [_version(name) for name in ("torch", "onnxruntime", "onnxruntime-gpu")]
    machine = [platform.machine(), _processor(), len(os.sched_getaffinity(0)), cuda]
    parts = json.dumps([architecture, size, str(device), threads, machine, versions])
    return hashlib.sha256(parts.encode()).hexdigest()


def _parsed(text: str) -> Measured:
    given = json.loads(text)
    milliseconds = {str(name): float(value) for name, value in given["milliseconds"].items()}
    if not milliseconds:
        raise ValueError("nothing was measured")
    return Measured(milliseconds, {str(name): str(why) for name, why in given["refused"].items()})


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
