"""A trunk as an ONNX model: one input `images` with any batch size, one output for each named map.

The exporter is PyTorch's TorchScript-based one: the newer one needs a package that the design does not list.
"""

import copy
import hashlib
import io
import os
import threading
import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import torch
from torch import Tensor, nn

from detector.engines.base import EngineError

INPUT = "images"
_OPSET = 18
_LOCK = threading.Lock()  # the exporter keeps global state


class _Ordered(nn.Module):
    """A trunk whose maps come as a tuple, in the order of their names."""

    def __init__(self, trunk: nn.Module) -> None:
        super().__init__()
        self.trunk = trunk

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.trunk(images).values())


def export(trunk: nn.Module, size: int, names: Sequence[str]) -> bytes:
    """The ONNX model of a trunk for images (B, 3, size, size), float32. The trunk stays as it is.

    `names`: those of its maps, in the order in which the trunk gives them.
    Raises EngineError for a trunk that the exporter cannot write, or where the package `onnx` is missing.
    """
    frozen = copy.deepcopy(trunk).cpu().float().eval().requires_grad_(False)
    example = torch.zeros(2, 3, size, size)
    with _LOCK, torch.no_grad():
        try:
            return _written(_Ordered(frozen), example, list(names))
        except Exception as error:
            reason = str(error).strip().splitlines() or [type(error).__name__]
            raise EngineError(f"the trunk cannot be written as ONNX: {reason[0]}") from error


def _written(trunk: nn.Module, example: Tensor, names: list[str]) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            trunk,
            (example,),
            buffer,  # type: ignore[arg-type]
            input_names=[INPUT],
            output_names=names,
            dynamic_axes={name: {0: "batch"} for name in (INPUT, *names)},
            opset_version=_OPSET,
            dynamo=False,
        )
    return buffer.getvalue()


class OnnxFiles:
    """Exported models in a folder, by what they were made of. Two processes may write the same one at once.

    Without a folder nothing is kept. A folder that cannot be read or written costs time and nothing else.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def kept(self, made_of: str, size: int) -> bytes | None:
        """The model that was kept of what `made_of` says, for images of `size` pixels; None where there is none."""
        path = self._path(made_of, size)
        with suppress(OSError):
            return path.read_bytes() if path else None
        return None

    def keep(self, made_of: str, size: int, model: bytes) -> None:
        """Keep a model; an empty `made_of` says that nobody knows what it was made of."""
        path = self._path(made_of, size)
        with suppress(OSError):
            if path:
                write_whole(path, model)

    def _path(self, made_of: str, size: int) -> Path | None:
        if self._folder is None or not made_of:
            return None
        name = hashlib.sha256(f"{made_of} {size} {_OPSET} {torch.__version__}".encode()).hexdigest()
        return self._folder / f"{name}.onnx"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, whoever else writes it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
