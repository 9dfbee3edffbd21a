"""Kept maps are those of the copies, are not made twice, and are handed out in order."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from detector.architectures import architecture
from detector.inputs import InputSpec
from detector.preprocessing import normalise
from detector.training.augmentation import strong
from detector.training.dataset import Pictures
from detector.training.joint.bank import Bank, fill
from detector.training.packs import read_packs
from tests.detector.training.packs_for_tests import make_pack

SPEC = InputSpec(64, (127.5,) * 3, (127.5,) * 3)


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    return Pictures(read_packs([make_pack(tmp_path / "pack", 1)]), SPEC, 5, strong)


def trunk() -> torch.nn.Module:
    torch.manual_seed(0)
    return architecture("fused_mobilenet_v2").build().trunk.eval()


def filled(pictures: Pictures, folder: Path) -> Bank:
    return fill(trunk(), pictures, 2, folder)


def test_the_first_copy_is_the_picture_as_it_is(pictures: Pictures, tmp_path: Path) -> None:
    current, statistics = filled(pictures, tmp_path / "bank").fetch([0], [1])
    plain = Pictures(pictures.samples, SPEC, 5, None)[1][0]
    with torch.no_grad():
        expected = trunk().begin(normalise(plain[None].numpy(), SPEC))  # type: ignore[operator]
    assert torch.allclose(current, expected[0], atol=0.05, rtol=0.05)
    assert torch.allclose(statistics, expected[1], atol=0.05, rtol=0.05)


def test_other_copies_are_treated_and_each_in_its_own_way(pictures: Pictures, tmp_path: Path) -> None:
    bank = filled(pictures, tmp_path / "bank")
    assert (bank.copies, len(bank.maps[0]), bank.maps[0].dtype.name) == (2, 4, "float16")
    current, _ = bank.fetch([0, 1, 1], [0, 0, 1])
    assert not torch.equal(current[0], current[1])
    assert not torch.equal(current[1], current[2])
    assert pictures.treatment is strong


def test_what_stands_there_is_not_made_again(pictures: Pictures, tmp_path: Path) -> None:
    filled(pictures, tmp_path / "bank")
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "bank").iterdir()}
    assert sorted(before) == ["maps-0.npy", "maps-1.npy", "statistics-0.npy", "statistics-1.npy"]
    filled(pictures, tmp_path / "bank")
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "bank").iterdir()} == before


def test_a_broken_picture_leaves_no_bank(pictures: Pictures, tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(pictures.samples[3].path)
    with pytest.raises(Exception, match="4 x 4"):
        filled(pictures, tmp_path / "bank")
    assert not list((tmp_path / "bank").glob("*.npy"))
