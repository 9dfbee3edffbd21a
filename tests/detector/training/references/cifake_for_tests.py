"""A little CIFAKE: folders REAL and FAKE of 32-pixel files, where FAKE is redder, and EDITED ones of the REAL."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.detector.pictures import encoded, noise


def picture(number: int, label: int) -> NDArray[np.uint8]:
    """(32, 32, 3) of noise, redder for label 1."""
    pixels = noise(32, 32, seed=number + 1000 * label) // 2
    pixels[:, :, 0] += np.uint8(120 * label)
    return pixels


def make_part(root: Path, numbers: range) -> Path:
    """`root/{REAL,FAKE}/<number>.png`: lossless, so that an edit changes what it says and nothing else."""
    for label, name in enumerate(("REAL", "FAKE")):
        folder = root / name
        folder.mkdir(parents=True)
        for number in numbers:
            (folder / f"{number:04d}.png").write_bytes(encoded(picture(number, label), "PNG"))
    return root


def make_edited(root: Path, numbers: range, unedited: int = 0) -> Path:
    """`root/EDITED/<number>.png`: REAL ones with a black corner, the first `unedited` of them left as they were."""
    folder = root / "EDITED"
    folder.mkdir(parents=True)
    for place, number in enumerate(numbers):
        pixels = picture(number, 0)
        if place >= unedited:
            pixels[:8, :8] = 0
        (folder / f"{number:04d}.png").write_bytes(encoded(pixels, "PNG"))
    return root


def make_lists(root: Path, subset: str, numbers: range) -> Path:
    """`root/list-train-<subset>-{REAL,FAKE}.txt`."""
    root.mkdir(parents=True, exist_ok=True)
    for name in ("REAL", "FAKE"):
        lines = "".join(f"{number:04d}.png\n" for number in numbers)
        (root / f"list-train-{subset}-{name}.txt").write_text(lines)
    return root
