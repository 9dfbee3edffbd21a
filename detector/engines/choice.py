"""The engine of a bundle: the one that was asked for, or the fastest of those that can run it here."""

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from detector.bundles import Bundle
from detector.engines import onnx_runtime, race
from detector.engines.agreement import IMAGES
from detector.engines.base import Engine, EngineError
from detector.engines.making import NAMES, Making
from detector.engines.memory import Measured, Memory, key_of
from detector.engines.onnx_export import OnnxFiles

AUTO = "auto"


@dataclass(frozen=True)
class Chosen:
    """An engine, and what was `measured` to choose it; None when it was asked for by name."""

    engine: Engine
    measured: Measured | None = None

    def __str__(self) -> str:
        if self.measured is None:
            return self.engine.name
        figures = [f"{name} {value:.1f} ms" for name, value in sorted(self.measured.milliseconds.items())]
        refused = [f"{name}: {why}" for name, why in sorted(self.measured.refused.items())]
        return f"{self.engine.name} ({'; '.join(figures + refused)})"


class Engines:
    """Makes engines for bundles on one device."""

    def __init__(self, name: str, device: torch.device, threads: int | None = None, cache: Path | None = None) -> None:
        """`name`: "auto", "torch" or "onnxruntime"; `threads`: of a session on a CPU, None for as many as PyTorch's.

        `cache`: a folder for exported models and measurements, which may be shared and may be emptied at any time.
        Raises EngineError for an unknown name and for an engine that is not installed.
        """
        if name not in (AUTO, *NAMES):
            raise EngineError(f"There is no engine {name!r}; there are {', '.join((AUTO, *NAMES))}.")
        if name == onnx_runtime.NAME and (missing := onnx_runtime.why_not(device)):
            raise EngineError(f"The engine {name} cannot be used: {missing}.")
        self._name = name
        self._device = device
        self._threads = threads or torch.get_num_threads()
        self._memory = Memory(cache)
        self._files = OnnxFiles(cache)

    def choose(self, bundle: Bundle) -> Chosen:
        """The engine for a bundle. Raises EngineError when the one that was asked for cannot run it."""
        making = Making(bundle, self._device, self._threads, self._files)
        if self._name == AUTO:
            return self._remembered(making) or self._fastest(making)
        try:
            return Chosen(making.named(self._name))
        except EngineError as error:
            raise EngineError(f"The engine {self._name} cannot run {bundle.card.name}: {error}.") from error

    def _remembered(self, making: Making) -> Chosen | None:
        measured = self._memory.recall(self._key(making))
        if measured is None or measured.fastest not in NAMES:
            return None
        with suppress(EngineError):
            return Chosen(making.named(measured.fastest), measured)
        return None

    def _fastest(self, making: Making) -> Chosen:
        engines, refused = making.every()
        seconds = race.medians({name: partial(_run, engine, making.images) for name, engine in engines.items()})
        measured = Measured({name: value * 1000 / IMAGES for name, value in seconds.items()}, refused)
        self._memory.keep(self._key(making), measured)
        return Chosen(engines[measured.fastest], measured)

    def _key(self, making: Making) -> str:
        card = making.bundle.card
        return key_of(card.architecture, card.input.size, self._device, self._threads)


def _run(engine: Engine, images: Tensor) -> None:
    """Run the trunk to its end: a GPU gives the maps before they are made, and they have to be asked for."""
    for feature_map in engine.maps(images).values():
        feature_map.cpu()
