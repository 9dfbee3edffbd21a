"""The engines of one bundle, each looked at before it is used: an engine with other scores is none."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from detector.bundles import Bundle
from detector.engines import agreement, onnx_runtime, pytorch
from detector.engines.base import Engine, EngineError
from detector.engines.onnx_export import OnnxFiles, export
from detector.engines.onnx_runtime import OnnxEngine
from detector.engines.pytorch import TorchEngine

NAMES = (pytorch.NAME, onnx_runtime.NAME)
_CPU = torch.device("cpu")


class Making:
    """Makes the engines of `bundle` on `device`; `threads` are those of a session on a CPU."""

    def __init__(self, bundle: Bundle, device: torch.device, threads: int, files: OnnxFiles) -> None:
        self.bundle = bundle
        self._device = device
        self._threads = threads
        self._files = files

    @cached_property
    def images(self) -> Tensor:
        """What the engines are tried with."""
        return agreement.probe(self.bundle.card.input)

    def named(self, name: str) -> Engine:
        """The engine of that name. Raises EngineError when it cannot run the bundle's trunk or gives other scores."""
        return self._torch() if name == pytorch.NAME else self._onnx()

    def every(self) -> tuple[dict[str, Engine], dict[str, str]]:
        """Every engine that can run the bundle's trunk; and why the others cannot.

        Raises EngineError when none can.
        """
        engines: dict[str, Engine] = {}
        refused: dict[str, str] = {}
        for name in NAMES:
            try:
                engines[name] = self.named(name)
            except EngineError as error:
                refused[name] = str(error)
        if not engines:
            raise EngineError("; ".join(f"{name}: {why}" for name, why in refused.items()))
        return engines, refused

    def _torch(self) -> Engine:
        if self._device.type == "cpu":
            return self._reference
        half = TorchEngine(self.bundle.trunk, self._device)
        try:
            self._require_agreement(half)
        except EngineError:
            return TorchEngine(self.bundle.trunk, self._device, torch.float32)
        return half

    def _onnx(self) -> Engine:
        if missing := onnx_runtime.why_not(self._device):
            raise EngineError(missing)
        card = self.bundle.card
        made_of = f"{card.architecture} {card.weights_sha256}" if card.weights_sha256 else ""
        kept = self._files.kept(made_of, card.input.size)
        if kept is not None:
            try:
                return self._session(kept)
            except EngineError:
                pass  # damaged, or of an older trunk under the same name: it is written again
        with one_thread():
            model = export(self.bundle.trunk, card.input.size, self._names)
        engine = self._session(model)
        self._files.keep(made_of, card.input.size, model)
        return engine

    def _session(self, model: bytes) -> Engine:
        engine = OnnxEngine(model, self._device, self._threads)
        self._require_agreement(engine)
        return engine

    def _require_agreement(self, engine: Engine) -> None:
        agreement.require_agreement(self.bundle, engine, self.images, self._wanted)

    @cached_property
    def _reference(self) -> TorchEngine:
        return TorchEngine(self.bundle.trunk, _CPU, torch.float32)

    @cached_property
    def _names(self) -> list[str]:
        with one_thread():
            return list(self._reference.maps(self.images[:1]))

    @cached_property
    def _wanted(self) -> NDArray[np.float64]:
        with one_thread():
            return agreement.logits(self.bundle, self._reference, self.images)


@contextmanager
def one_thread() -> Iterator[None]:
    """Have PyTorch use the calling thread alone: on a busy machine its threads wait for each other for seconds."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
