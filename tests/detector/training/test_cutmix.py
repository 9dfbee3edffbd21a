"""CutMix: what is pasted where, and what the label becomes."""

import dataclasses

import pytest
import torch

from detector.architectures import architecture
from detector.training.cutmix import cutmix_loss, mixed
from detector.training.objective import OBJECTIVES
from detector.training.recipes import named

IMAGES = torch.stack([torch.zeros(3, 8, 8), torch.ones(3, 8, 8)])
LABELS = torch.tensor([0.0, 1.0])


@pytest.mark.parametrize("seed", range(20))
def test_the_label_is_the_share_of_each_picture(seed: int) -> None:
    torch.manual_seed(seed)
    images, targets = mixed(IMAGES, LABELS)
    assert torch.allclose(images.mean(dim=(1, 2, 3)), targets)
    assert targets.sum().item() == pytest.approx(1.0)


def test_what_is_pasted_is_one_square_at_the_same_place_in_all() -> None:
    torch.manual_seed(3)
    images, targets = mixed(IMAGES, LABELS)
    rows, columns = images[0, 0].any(dim=1), images[0, 0].any(dim=0)
    assert rows.sum() == columns.sum() == round(64 * targets[0].item()) ** 0.5
    assert torch.equal(images[0], 1 - images[1])


def test_the_given_batch_stays_as_it_was() -> None:
    mixed(IMAGES, LABELS)
    assert (IMAGES[0].sum().item(), IMAGES[1].sum().item()) == (0, 192)


def test_six_batches_of_ten_are_mixed_and_the_seed_decides_which() -> None:
    recipe = dataclasses.replace(named("few-shot"), label_smoothing=0.0)
    network = architecture("thumbnail(4,4,4)").build()
    network.module().eval()
    plain = OBJECTIVES["label"].loss(recipe, network, IMAGES, [LABELS]).item()

    def losses() -> list[float]:
        torch.manual_seed(5)
        return [cutmix_loss(recipe, network, IMAGES, [LABELS]).item() for _ in range(100)]

    first = losses()
    assert first == losses()
    assert 50 <= sum(loss != plain for loss in first) <= 70
