"""Import torchvision where its compiled part cannot load.

The CUDA wheel of torchvision on a CPU-only PyTorch cannot load its compiled operators, and the import then fails
because `torchvision::nms` is unknown. Declaring the two operators that the import asks for is enough: the networks
themselves need none of them.
"""

import importlib
import sys
from types import ModuleType

import torch

_MISSING_OPERATOR = "operator torchvision::nms does not exist"
_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_kept_alive: list[torch.library.Library] = []


def torchvision_models() -> ModuleType:
    """Return `torchvision.models`.

    Raises ImportError when torchvision is missing, RuntimeError when it fails in a way that is not understood.
    """
    try:
        return importlib.import_module("torchvision.models")
    except RuntimeError as error:
        if _MISSING_OPERATOR not in str(error):
            raise
    _forget_half_imported()
    _declare_operators()
    return importlib.import_module("torchvision.models")


def _forget_half_imported() -> None:
    for name in [name for name in sys.modules if name == "torchvision" or name.startswith("torchvision.")]:
        del sys.modules[name]


def _declare_operators() -> None:
    library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    for operator in ("nms", "qnms"):
        library.define(operator + _SIGNATURE)  # type: ignore[no-untyped-call]
    _kept_alive.append(library)
