"""Small packs on disk: class 1 is redder than class 0, so that a network can learn them."""

from pathlib import Path

import numpy as np

from tests.detector.pictures import encoded, noise


def make_pack(root: Path, per_source: int, labels: tuple[str, str] = ("real", "ai")) -> Path:
    """`root/train/<label>/<source>__<number>.jpg`, two sources of each class."""
    for label, name in enumerate(labels):
        folder = root / "train" / name
        folder.mkdir(parents=True)
        for number in range(2 * per_source):
            source = f"{name}{number % 2}"
            pixels = noise(48, 40, seed=number + 1000 * label) // 2
            pixels[:, :, 0] += np.uint8(120 * label)
            (folder / f"{source}__{number:03d}.jpg").write_bytes(encoded(pixels, "JPEG"))
    return root
