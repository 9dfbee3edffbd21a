"""The number format of training: half precision where the machine has it, float32 weights always."""

from contextlib import AbstractContextManager, nullcontext

import torch

_FORMATS = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
PRECISIONS = ("auto", *_FORMATS)


def resolve(precision: str, device: torch.device) -> str:
    """The format that "auto" means here: float16 on CUDA, bfloat16 on a CPU that computes in it, else float32.

    Raises ValueError for an unknown name, and for float16 on a CPU, whose gradients would vanish without scaling.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"precision must be one of {', '.join(PRECISIONS)}")
    if precision == "float16" and device.type == "cpu":
        raise ValueError("float16 needs a GPU; use bfloat16 or float32")
    if precision != "auto":
        return precision
    if device.type == "cuda":
        return "float16"
    return "bfloat16" if _cpu_has_bfloat16() else "float32"


def autocast(precision: str, device: torch.device) -> AbstractContextManager[object]:
    """The context in which the forward pass runs in a resolved format."""
    if precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, _FORMATS[precision])


def scaler(precision: str, device: torch.device) -> torch.amp.GradScaler:
    """The loss scaler; one that does nothing unless float16 is trained in (Micikevicius et al. 2018, 3.2)."""
    return torch.amp.GradScaler(device.type, enabled=precision == "float16")


def _cpu_has_bfloat16() -> bool:
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
