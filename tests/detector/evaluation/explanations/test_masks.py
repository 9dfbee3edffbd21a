"""Pictures whose edits are known: from files, from originals, spliced and synthesised."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detector.evaluation.explanations.masks import from_files, from_originals, spliced, synthesised
from detector.training.edits.synthesiser import HELD_OUT
from detector.training.packs import Sample, read_packs
from tests.detector.pictures import encoded, noise
from tests.detector.training.packs_for_tests import make_pack


@pytest.fixture
def pack(tmp_path: Path) -> list[Sample]:
    return read_packs([make_pack(tmp_path / "pack", 3, ("real", "edited"))])


def edited(samples: list[Sample]) -> list[Sample]:
    return [one for one in samples if one.label == 1]


def draw(sample: Sample, mask: np.ndarray) -> None:
    folder = sample.path.parent.parent / "mask"
    folder.mkdir(exist_ok=True)
    (folder / f"{sample.path.stem}.png").write_bytes(encoded(Image.fromarray(mask), "PNG"))


def test_masks_beside_the_pictures_are_brought_to_the_networks_size(pack: list[Sample]) -> None:
    mask = np.zeros((40, 48), dtype=bool)
    mask[:20, :12] = True
    draw(edited(pack)[0], mask)
    draw(edited(pack)[1], np.zeros((40, 48), dtype=bool))
    draw(edited(pack)[2], np.ones((40, 48), dtype=bool))
    (found,) = from_files(pack, 32)
    assert found.square.shape == (32, 32, 3)
    expected = np.zeros((32, 32), dtype=bool)
    expected[:16, :8] = True
    assert np.array_equal(found.mask, expected)


def test_a_mask_that_is_none_is_an_error(pack: list[Sample]) -> None:
    draw(edited(pack)[0], np.ones((40, 48), dtype=bool))
    next(iter((edited(pack)[0].path.parent.parent / "mask").iterdir())).write_bytes(b"\x89PNG no picture")
    with pytest.raises(ValueError, match="mask"):
        list(from_files(pack, 32))


def test_an_edit_is_what_differs_from_the_original_of_the_same_name(pack: list[Sample], tmp_path: Path) -> None:
    originals = tmp_path / "originals"
    originals.mkdir()
    same, changed, other_size = edited(pack)[:3]
    (originals / same.name).write_bytes(same.read())
    pixels = np.asarray(Image.open(changed.path)).copy()
    pixels[:10] = np.where(pixels[:10] > 127, pixels[:10] - 60, pixels[:10] + 60)
    (originals / changed.name).write_bytes(encoded(pixels, "PNG"))
    (originals / other_size.name).write_bytes(encoded(noise(30, 30), "PNG"))
    (found,) = from_originals(pack, originals, 40)
    assert found.mask[:10].all()
    assert not found.mask[10:].any()


def test_splices_hold_the_other_picture_within_the_mask_alone(pack: list[Sample]) -> None:
    real = [one for one in pack if one.label == 0]
    made = list(spliced(real, edited(pack), 48, seed=3))
    assert len(made) == 6
    assert len({one.mask.tobytes() for one in made}) > 3
    for one in made:
        assert 0 < one.mask.mean() < 0.2
        red_within, red_without = one.square[one.mask][:, 0].mean(), one.square[~one.mask][:, 0].mean()
        assert red_within > red_without + 40


def test_making_pictures_again_makes_the_same(pack: list[Sample]) -> None:
    real = [one for one in pack if one.label == 0]
    first, second = (list(synthesised(real, tuple(HELD_OUT), 64, seed=1)) for _ in range(2))
    assert first
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.square, other.square)
        assert np.array_equal(one.mask, other.mask)
    assert all(0.01 <= one.mask.mean() <= 0.5 for one in first)
