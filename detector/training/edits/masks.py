"""The masks that lie beside edited images: `.../edited/<stem>.<ext>` has its mask at `.../mask/<stem>.png`."""

import io
import tarfile
from collections.abc import Iterable
from pathlib import Path, PurePath

import numpy as np
from PIL import Image

from detector.training.edits.base import Mask
from detector.training.packs import Sample

FOLDER = "mask"
_LARGEST = 4096 * 4096


def read_masks(samples: Iterable[Sample]) -> dict[tuple[Path, str], bytes]:
    """PNG bytes of the masks that there are, by the sample's path and the stem of its name."""
    edited = [sample for sample in samples if sample.label == 1]
    found = {key_of(sample): _beside(sample) for sample in edited if sample.data is None and _beside(sample).is_file()}
    masks = {key: path.read_bytes() for key, path in found.items()}
    for archive in {sample.path for sample in edited if sample.data is not None}:
        masks |= _in_archive(archive)
    return masks


def key_of(sample: Sample) -> tuple[Path, str]:
    """What a sample's mask is found by."""
    return sample.path, PurePath(sample.name).stem


def decode_mask(content: bytes, size: tuple[int, int]) -> Mask:
    """(H, W), 0 or 1, brought to the image's size (H, W). Raises ValueError for what is no mask."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            if image.width * image.height > _LARGEST:
                raise ValueError("the mask is too large")
            grey = image.convert("L")
            fitted = grey if grey.size == size[::-1] else grey.resize(size[::-1], Image.Resampling.NEAREST)
            return (np.asarray(fitted) >= 128).astype(np.float32)
    except (OSError, SyntaxError) as error:
        raise ValueError(f"a mask cannot be read: {error}") from error


def _beside(sample: Sample) -> Path:
    return sample.path.parent.parent / FOLDER / f"{sample.path.stem}.png"


def _in_archive(path: Path) -> dict[tuple[Path, str], bytes]:
    if not tarfile.is_tarfile(path):
        return {}
    with tarfile.open(path) as archive:
        members = [member for member in archive if PurePath(member.name).parent.name == FOLDER and member.isfile()]
        files = [(PurePath(member.name).stem, archive.extractfile(member)) for member in members]
        return {(path, stem): file.read() for stem, file in files if file is not None}
