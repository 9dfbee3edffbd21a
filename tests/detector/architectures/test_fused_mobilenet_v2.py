"""Shallow maps are read by their local statistics, and the trunk may be run in two parts."""

import pytest
import torch

from detector.architectures import ArchitectureError, architecture
from detector.architectures.fused_mobilenet_v2 import Trunk, local_statistics
from detector.architectures.torchvision_shim import torchvision_models

NAME = "fused_mobilenet_v2"


def test_statistics_are_mean_and_standard_deviation_of_each_square() -> None:
    rows = torch.tensor([[1.0, 3.0, 5.0, 5.0], [1.0, 3.0, 5.0, 5.0]])
    found = local_statistics(rows[None, None], 2)
    assert found.shape == (1, 2, 1, 2)
    assert torch.allclose(found[0, :, 0], torch.tensor([[2.0, 5.0], [1.0, 0.001]]), atol=1e-4)


def test_statistics_of_half_precision_are_those_of_float32() -> None:
    wide = torch.linspace(90, 100, 64).reshape(1, 1, 8, 8)
    assert local_statistics(wide.bfloat16(), 4).dtype == torch.bfloat16
    exact = local_statistics(wide.bfloat16().float(), 4)
    assert torch.equal(local_statistics(wide.bfloat16(), 4), exact.bfloat16())


@pytest.mark.parametrize(("side", "cells"), [(64, 2), (96, 3)])
def test_the_trunk_gives_one_map_on_the_last_grid(side: int, cells: int) -> None:
    network = architecture(NAME).build()
    network.module().eval()
    with torch.no_grad():
        maps = network.trunk(torch.zeros(1, 3, side, side))
    assert {name: tuple(found.shape) for name, found in maps.items()} == {"fused": (1, 2032, cells, cells)}
    assert network.head(maps["fused"]).shape == (1, 1)


def test_both_parts_in_turn_are_the_whole() -> None:
    network = architecture(NAME).build()
    trunk = network.trunk.eval()
    assert isinstance(trunk, Trunk)
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        current, statistics = trunk.begin(images)
        assert (current.shape, statistics.shape) == ((2, 32, 8, 8), (2, 112, 2, 2))
        assert torch.equal(trunk.finish(current, statistics), trunk(images)["fused"])


def test_it_begins_from_weights_in_torchvisions_layout() -> None:
    pretrained = torchvision_models().mobilenet_v2(weights=None).state_dict()
    network = architecture(NAME).build()
    architecture(NAME).initialise(network, pretrained)
    own = network.trunk.state_dict()
    given = [name for name in pretrained if name.startswith("features.")]
    assert all(torch.equal(own[name], pretrained[name]) for name in given if not name.endswith("tracked"))


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(ArchitectureError, match="tensors are missing"):
        architecture(NAME).initialise(architecture(NAME).build(), {"features.0.0.weight": torch.zeros(1)})


def test_the_first_blocks_are_those_nearest_the_image() -> None:
    network = architecture(NAME).build()
    assert isinstance(network.trunk, Trunk)
    assert architecture(NAME).first_blocks(network, 7) == list(network.trunk.features)[:7]
