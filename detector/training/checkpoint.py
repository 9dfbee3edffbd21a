"""A training run's state on disk after each epoch, so that a killed run goes on to the same result as an unbroken one.

Tensors are safetensors and the rest is JSON inside the same file: never pickle. The file replaces the one before in one
step, so a run killed while it writes keeps the older one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

FILE = "checkpoint.safetensors"
_STATE = "state"


class CheckpointError(ValueError):
    """The checkpoint is unreadable, or is one of another run."""


@dataclass(frozen=True)
class Checkpoint:
    """`tensors` by name, and `state` of numbers, strings, lists and dictionaries."""

    tensors: dict[str, Tensor]
    state: dict[str, Any]

    def part(self, prefix: str) -> dict[str, Tensor]:
        """The tensors whose names begin with `prefix` and a slash, without it."""
        start = f"{prefix}/"
        return {name.removeprefix(start): tensor for name, tensor in self.tensors.items() if name.startswith(start)}


def write(folder: Path, checkpoint: Checkpoint) -> None:
    """Replace the folder's checkpoint."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in checkpoint.tensors.items()}
    temporary = folder / f"{FILE}.part"
    save_file(tensors, temporary, {_STATE: json.dumps(checkpoint.state)})
    temporary.replace(folder / FILE)


def read(folder: Path, run: str) -> Checkpoint | None:
    """The folder's checkpoint, None where there is none.

    `run` names the run that asks (its recipe and data). Raises CheckpointError when the file is broken or of another.
    """
    path = folder / FILE
    if not path.exists():
        return None
    try:
        with safe_open(path, "pt") as file:
            state = json.loads(file.metadata()[_STATE])
            found = Checkpoint({name: file.get_tensor(name) for name in file.keys()}, state)  # noqa: SIM118 - no mapping
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}. Remove it to begin anew.") from error
    if found.state.get("run") != run:
        raise CheckpointError(f"{path} is of another run: other data or settings. Remove it, or give another folder.")
    return found


def remove(folder: Path) -> None:
    """Forget the folder's checkpoint."""
    (folder / FILE).unlink(missing_ok=True)


def flatten(prefix: str, state: Mapping[str, Any]) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """An optimiser's `state_dict` as tensors named `prefix/<parameter>/<entry>` and what is no tensor."""
    tensors = {
        f"{prefix}/{parameter}/{name}": value
        for parameter, entries in state["state"].items()
        for name, value in entries.items()
        if isinstance(value, Tensor)
    }
    return tensors, {"param_groups": state["param_groups"]}


def unflatten(tensors: Mapping[str, Tensor], rest: Mapping[str, Any]) -> dict[str, Any]:
    """The `state_dict` that `flatten` took apart; `tensors` are named `<parameter>/<entry>`."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        parameter, entry = name.split("/")
        state.setdefault(int(parameter), {})[entry] = tensor
    return {"state": state, **rest}
