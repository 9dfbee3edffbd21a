"""Small archives of the layouts in which data sets are published."""

import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from tests.detector.pictures import encoded, noise

Files = Mapping[str, bytes]


def picture(seed: int, side: int = 32, kind: str = "PNG") -> bytes:
    """A picture that no other seed gives."""
    return encoded(noise(side, side, seed), kind)


def textured(seed: int, side: int = 96) -> Image.Image:
    """A picture with detail of every size, as photographs have."""
    rng = np.random.default_rng(seed)
    layers = [
        np.asarray(Image.fromarray(rng.integers(0, 256, (n, n, 3), dtype=np.uint8)).resize((side, side)), dtype=float)
        / n
        for n in (4, 8, 16, 32)
    ]
    total = np.sum(layers, axis=0)
    return Image.fromarray((total * (255 / total.max())).astype(np.uint8))


def as_folder(root: Path, files: Files) -> Path:
    """The files below `root`."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def as_zip(path: Path, files: Files) -> Path:
    """A zip file of them."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def as_tar(path: Path, folder: Path) -> Path:
    """A compressed tar file of a folder's content."""
    with tarfile.open(path, "w:xz") as archive:
        for child in sorted(folder.iterdir()):
            archive.add(child, child.name)
    return path


def cifake(per_class: int = 2) -> dict[str, bytes]:
    """CIFAKE as Kaggle gives it, with the same names in every folder."""
    files = {}
    for number, folder in enumerate(("train/REAL", "train/FAKE", "test/REAL", "test/FAKE")):
        for image in range(per_class):
            files[f"{folder}/{image:04d} ({image + 2}).jpg"] = picture(100 * number + image, kind="JPEG")
    return files


def names(root: Path) -> list[str]:
    """Every file below a folder, in order."""
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
