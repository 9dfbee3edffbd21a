"""Figures of edits: what is counted, and against what."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from detector.architectures import Network
from detector.bundles import Bundle
from detector.evaluation.edits import made_edits, real_edits
from detector.training.edits.synthesiser import HELD_OUT, OPERATIONS
from detector.training.packs import Sample, read_packs
from tests.detector.bundles_for_tests import SIZE, card
from tests.detector.pictures import encoded, noise


class Red(nn.Module):
    """Says "edited" where the picture is red."""

    def forward(self, found: Tensor) -> Tensor:
        return self.local(found).amax(dim=(1, 2))[:, None]

    def local(self, found: Tensor) -> Tensor:
        return found[:, 0] - found[:, 1] - 0.5


class AsItIs(nn.Module):
    """The picture as its own map."""

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        return {"last": images}


@pytest.fixture(scope="module")
def finder() -> Bundle:
    return Bundle(dataclasses.replace(card("edited"), explanation="local"), Network(AsItIs(), Red(), "last"))


def grey(path: Path, seed: int, red: bool) -> None:
    pixels = np.repeat(noise(SIZE, SIZE, seed)[:, :, :1] // 2 + 40, 3, axis=2)
    if red:
        pixels[10:30, 20:50] = (255, 0, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(pixels, "PNG"))


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    root = tmp_path_factory.mktemp("pack")
    mask = np.zeros((SIZE, SIZE), np.uint8)
    mask[10:30, 20:50] = 255
    for number in range(3):
        grey(root / "edited" / f"red__{number}.png", number, red=True)
        grey(root / "edited" / f"hidden__{number}.png", number, red=False)
        grey(root / "real" / f"camera__{number}.png", 10 + number, red=False)
    (root / "mask").mkdir()
    for number in range(2):
        (root / "mask" / f"red__{number}.png").write_bytes(encoded(Image.fromarray(mask), "PNG"))
    return read_packs([root])


def test_real_edits_are_counted_by_source_and_maps_where_there_are_masks(finder: Bundle, samples: list[Sample]) -> None:
    rows = real_edits(finder, samples)
    assert {name: (row.n, row.found) for name, row in rows.items()} == {
        "all": (6, 0.5),
        "hidden": (3, 0.0),
        "red": (3, 1.0),
    }
    assert rows["red"].pixel_auc == pytest.approx(1.0)
    assert rows["hidden"].pixel_auc is None
    assert rows["red"].trained is None


def test_made_edits_have_a_row_for_each_operation(finder: Bundle, samples: list[Sample]) -> None:
    photographs = [sample for sample in samples if sample.label == 0]
    rows = made_edits(finder, photographs, 2)
    assert list(rows) == list(OPERATIONS)
    assert {name for name, row in rows.items() if not row.trained} == set(HELD_OUT)
    assert all(row.n == 2 and row.auc is not None for row in rows.values())
    assert rows == made_edits(finder, photographs, 2)


def test_one_photograph_is_too_few(finder: Bundle, samples: list[Sample]) -> None:
    with pytest.raises(ValueError, match="at least two photographs"):
        made_edits(finder, samples[:1], 2)


def test_weights_are_not_touched(finder: Bundle, samples: list[Sample]) -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    real_edits(finder, samples[:1])
    assert torch.equal(before, torch.get_rng_state())
