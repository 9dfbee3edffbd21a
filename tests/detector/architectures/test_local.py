"""A network that judges every place."""

import pytest
import torch

from detector.architectures import ArchitectureError, architecture
from detector.architectures.local import LocalHead, high_pass, local_statistics, soft_maximum
from detector.architectures.mobilenet_v2 import MOBILENET_V2


@pytest.mark.parametrize(("height", "width"), [(64, 64), (96, 128)])
def test_places_are_cells_of_sixteen_pixels(height: int, width: int) -> None:
    network = architecture("mobilenet_v2_local").build()
    network.module().eval()
    fused = network.trunk(torch.zeros(2, 3, height, width))["fused"]
    assert fused.shape[2:] == (height // 16, width // 16)
    assert network.head(fused).shape == (2, 1)
    head = network.head
    assert isinstance(head, LocalHead)
    assert head.local(fused).shape == (2, height // 16, width // 16)


def test_the_picture_and_its_places_come_of_one_pass() -> None:
    head = LocalHead(6, last=2, hidden=4).eval()
    fused = torch.randn(3, 6, 5, 4)
    logit, local = head.both(fused)
    assert torch.equal(logit, head(fused))
    assert torch.equal(local, head.local(fused))


def test_flat_pictures_have_no_residual() -> None:
    assert high_pass(torch.full((1, 3, 8, 8), 0.3)).abs().max() < 1e-6


def test_the_residual_is_the_difference_to_the_neighbours() -> None:
    image = torch.zeros(1, 1, 5, 5)
    image[0, 0, 2, 2] = 1
    across, down, around = high_pass(image)[0]
    assert (across[2, 2], across[2, 1], across[1, 2]) == (-1, 0.5, 0)
    assert (down[2, 2], down[1, 2], down[2, 1]) == (-1, 0.5, 0)
    assert around[2, 2].item() == pytest.approx(1 / 9 - 1)


def test_statistics_are_those_of_each_square() -> None:
    values = torch.tensor([[[[1.0, 3.0, 5.0, 5.0], [1.0, 3.0, 5.0, 5.0]]]])
    mean, spread = local_statistics(values, 2)
    assert mean.flatten().tolist() == [2, 5]
    assert spread.flatten().tolist() == pytest.approx([1, 0], abs=5e-3)


def test_a_soft_maximum_lies_between_mean_and_maximum() -> None:
    values = torch.tensor([[0.0, 0.0, 0.0, 4.0]])
    assert soft_maximum(values, 1e-3).item() == pytest.approx(1, abs=0.01)
    assert soft_maximum(values, 100.0).item() == pytest.approx(4, abs=0.02)
    assert 1 < soft_maximum(values, 1.0).item() < 4


def test_the_colour_branch_begins_from_torchvisions_layout() -> None:
    weights = MOBILENET_V2.build().trunk.state_dict()
    local = architecture("mobilenet_v2_local")
    network = local.build()
    local.initialise(network, weights)
    own = network.trunk.state_dict()
    assert torch.equal(own["features.18.0.weight"], weights["features.18.0.weight"])
    with pytest.raises(ArchitectureError, match="missing"):
        local.initialise(network, {"features.0.0.weight": weights["features.0.0.weight"]})
    assert len(local.first_blocks(network, 7)) == 7


def test_a_bundles_linear_unit_gives_the_first_logit() -> None:
    torch.manual_seed(0)
    before = MOBILENET_V2.build()
    before.module().eval()
    local = architecture("mobilenet_v2_local")
    network = local.build()
    local.initialise(network, before.module().state_dict())
    network.module().eval()
    dict(network.head.named_parameters())["pool.weight"].data.zero_()
    images = torch.rand(2, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        assert torch.allclose(network.logits(images), before.logits(images), atol=1e-5)
