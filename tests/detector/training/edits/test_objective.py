"""The mixture that training draws, its loss, and the validation samples."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from detector.architectures import architecture
from detector.architectures.base import ArchitectureError
from detector.training.edits.mixture import EditedPictures
from detector.training.edits.objective import local_loss, with_unseen_edits
from detector.training.edits.synthesiser import HELD_OUT
from detector.training.packs import Sample, read_packs
from detector.training.recipe import Recipe
from tests.detector.pictures import encoded, noise

RECIPE = Recipe("edited", architecture="mobilenet_v2_local", size=64, objective="edits")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    """Edited images with and without masks, their counterparts, other photographs, and AI images."""
    root = tmp_path_factory.mktemp("packs")
    for name in ("edits/edited", "edits/mask", "edits/real", "other/real", "other/ai"):
        (root / name).mkdir(parents=True)
    for number in range(4):
        write(root / "edits" / "edited" / f"splice__{number}.png", 10 + number)
        write(root / "edits" / "edited" / f"face_swap__{number}.png", 20 + number)
        mask = np.zeros((80, 80), np.uint8)
        mask[20:60, 20:60] = 255
        (root / "edits" / "mask" / f"splice__{number}.png").write_bytes(encoded(Image.fromarray(mask), "PNG"))
        write(root / "edits" / "real" / f"splice__9{number}.png", 30 + number)
        write(root / "other" / "real" / f"camera__{number}.png", 40 + number)
        write(root / "other" / "ai" / f"painter__{number}.png", 50 + number)
    return read_packs([root / "edits", root / "other"])


def write(path: Path, seed: int) -> None:
    grain = np.random.default_rng(seed).integers(0, 40, (80, 80, 3))
    path.write_bytes(encoded((noise(80, 80, seed) // 2 + grain).astype(np.uint8), "PNG"))


@pytest.fixture(scope="module")
def pictures(samples: list[Sample]) -> EditedPictures:
    return EditedPictures(samples, RECIPE.input_spec(), 0, side=64)


def test_an_item_is_a_crop_with_the_edited_share_of_each_cell(pictures: EditedPictures) -> None:
    for index in range(20):
        square, label, place, cells, known = pictures[index]
        assert (square.shape, square.dtype, place) == ((64, 64, 3), torch.uint8, index)
        assert cells.shape == (4, 4)
        assert 0 <= float(cells.min()) <= float(cells.max()) <= 1
        assert known in {0.0, 1.0}
        assert label in {0, 1}


def test_authentic_items_have_empty_masks_and_edited_ones_do_not(pictures: EditedPictures) -> None:
    items = [pictures[index] for index in range(len(pictures))]
    known = [(label, float(cells.sum()) > 0) for _, label, _, cells, known in items if known]
    assert {label for label, _ in known} == {0, 1}
    assert all(marked == bool(label) for label, marked in known)
    unknown = [label for _, label, _, _, known in items if not known]
    assert set(unknown) <= {1}


def test_half_of_the_items_are_edited(pictures: EditedPictures) -> None:
    labels = []
    for epoch in range(10):
        pictures.epoch = epoch
        labels += [pictures[index][1] for index in range(len(pictures))]
    pictures.epoch = 0
    assert 0.38 < float(np.mean(labels)) < 0.62


def test_an_item_is_the_same_each_time_and_another_in_another_epoch(pictures: EditedPictures) -> None:
    first = pictures[3][0]
    assert torch.equal(first, pictures[3][0])
    pictures.epoch = 1
    other = pictures[3][0]
    pictures.epoch = 0
    assert not torch.equal(first, other)


def test_an_unknown_mask_takes_no_part_in_the_loss_of_places() -> None:
    torch.manual_seed(0)
    network = architecture("mobilenet_v2_local").build()
    network.module().eval()
    images, labels = torch.rand(2, 3, 64, 64) * 2 - 1, torch.tensor([1, 1])
    cells = torch.stack([torch.zeros(4, 4), torch.ones(4, 4)])

    def loss(known: list[float], cells: torch.Tensor) -> float:
        rest = [labels, torch.arange(2), cells, torch.tensor(known)]
        return local_loss(RECIPE, network, images, rest).item()

    assert loss([0.0, 0.0], cells) == loss([0.0, 0.0], 1 - cells)
    assert loss([1.0, 1.0], cells) > loss([0.0, 0.0], cells)


def test_a_head_without_places_is_refused() -> None:
    network = architecture("mobilenet_v2").build()
    with pytest.raises(ArchitectureError, match="local head"):
        local_loss(RECIPE, network, torch.zeros(1, 3, 64, 64), [torch.zeros(1)] * 4)


def test_validation_has_unseen_edits_and_no_ai_images(samples: list[Sample]) -> None:
    held = with_unseen_edits(RECIPE, samples)
    by_source = {source: [one.label for one in held if one.source == source] for source in {one.source for one in held}}
    assert by_source == {
        "splice": [1, 1, 1, 1, 0, 0, 0, 0],
        "face_swap": [1, 1, 1, 1],
        "camera": [0, 0],
        "camera, unseen edits": [1, 1],
    }
    assert len(HELD_OUT) == 3
    assert [one.read() for one in held] == [one.read() for one in with_unseen_edits(RECIPE, samples)]
