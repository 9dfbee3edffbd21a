"""What the blocks that are not trained make of treated copies of each picture, computed once and kept on disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.lib.format import open_memmap
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader

from detector.preprocessing import normalise
from detector.training.dataset import Pictures
from detector.training.precision import autocast, resolve

_BATCH = 32
Halves = NDArray[np.float16]


@dataclass(frozen=True)
class Bank:
    """`maps` (n, h, w, C) and `statistics` (n, S, h', w'), float16, of each copy of n pictures."""

    maps: Sequence[Halves]
    statistics: Sequence[Halves]

    @property
    def copies(self) -> int:
        """How many copies of each picture there are."""
        return len(self.maps)

    def fetch(self, copies: Sequence[int], indices: Sequence[int]) -> tuple[Tensor, Tensor]:
        """What the trunk's `finish` takes, float32, for one copy of each of the pictures."""
        places = list(zip(copies, indices, strict=True))
        maps = np.stack([self.maps[copy][index] for copy, index in places])
        statistics = np.stack([self.statistics[copy][index] for copy, index in places])
        return torch.from_numpy(maps).float().permute(0, 3, 1, 2), torch.from_numpy(statistics).float()


def fill(trunk: nn.Module, pictures: Pictures, copies: int, folder: Path) -> Bank:
    """The bank of `pictures`, whose epoch gives a copy's treatment; the first copy is left as it is.

    A copy that stands in `folder` already is not made again, so the folder must be of these pictures alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [(folder / f"maps-{copy}.npy", folder / f"statistics-{copy}.npy") for copy in range(copies)]
    treatment = pictures.treatment
    for copy, paths in enumerate(files):
        pictures.treatment = treatment if copy else None
        pictures.epoch = copy
        if not all(path.exists() for path in paths):
            _write(trunk, pictures, paths)
    pictures.treatment = treatment
    return Bank(*zip(*(tuple(np.load(path, mmap_mode="r") for path in paths) for paths in files), strict=True))


def _write(trunk: nn.Module, pictures: Pictures, paths: tuple[Path, Path]) -> None:
    parts = [path.with_suffix(".part") for path in paths]
    files: list[Halves] = []
    place = 0
    for squares, _, _ in DataLoader(pictures, _BATCH):
        found = [part.half().numpy() for part in _begin(trunk, normalise(squares.numpy(), pictures.spec))]
        if not files:
            files = [_created(part, len(pictures), array) for part, array in zip(parts, found, strict=True)]
        for file, array in zip(files, found, strict=True):
            file[place : place + len(array)] = array
        place += len(squares)
    for file, part, path in zip(files, parts, paths, strict=True):
        file.flush()  # type: ignore[attr-defined]
        part.replace(path)


def _created(path: Path, count: int, like: Halves) -> Halves:
    file: Halves = open_memmap(path, "w+", np.float16, (count, *like.shape[1:]))
    return file


@torch.no_grad()
def _begin(trunk: nn.Module, images: Tensor) -> tuple[Tensor, Tensor]:
    cpu = torch.device("cpu")
    with autocast(resolve("auto", cpu), cpu):
        current, statistics = trunk.begin(images)  # type: ignore[operator]
    return current.permute(0, 2, 3, 1), statistics
