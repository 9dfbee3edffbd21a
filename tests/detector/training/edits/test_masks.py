"""Masks beside their images, in folders and in archives."""

import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detector.training.edits.masks import decode_mask, key_of, read_masks
from detector.training.packs import read_packs
from tests.detector.pictures import encoded, noise


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    for folder in ("edited", "real", "mask"):
        (tmp_path / "train" / folder).mkdir(parents=True)
    for name in ("edited/a__1.jpg", "edited/a__2.jpg", "real/a__3.jpg"):
        (tmp_path / "train" / name).write_bytes(encoded(noise(24, 16), "JPEG"))
    mask = np.zeros((16, 24), np.uint8)
    mask[:4] = 255
    (tmp_path / "train" / "mask" / "a__1.png").write_bytes(encoded(Image.fromarray(mask).convert("1"), "PNG"))
    return tmp_path


def test_masks_of_a_folder_are_found_by_stem(pack: Path) -> None:
    samples = read_packs([pack])
    masks = read_masks(samples)
    assert [key_of(sample) in masks for sample in samples] == [False, True, False]
    (content,) = masks.values()
    assert decode_mask(content, (16, 24)).sum() == 4 * 24


def test_masks_of_an_archive_are_found_too(pack: Path, tmp_path: Path) -> None:
    archive = tmp_path / "pack.tar"
    with tarfile.open(archive, "w") as out:
        out.add(pack / "train", "pack/train")
    masks = read_masks(read_packs([archive]))
    assert list(masks) == [(archive, "a__1")]


def test_a_mask_is_brought_to_its_images_size() -> None:
    half = np.zeros((4, 6), np.uint8)
    half[:, :3] = 255
    mask = decode_mask(encoded(Image.fromarray(half), "PNG"), (8, 12))
    assert mask.shape == (8, 12)
    assert mask[:, :6].all()
    assert not mask[:, 6:].any()


@pytest.mark.parametrize("content", [b"", b"no mask", encoded(noise(8, 8), "JPEG"), encoded(noise(8, 8), "PNG")[:40]])
def test_what_is_no_mask_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="a mask cannot be read"):
        decode_mask(content, (8, 8))
