"""The network: its parts, its sizes, and how it begins from other weights."""

import pytest
import torch

from detector.architectures import ArchitectureError, architecture
from detector.architectures.base import load_into
from detector.architectures.mobilenet_v2 import Trunk
from detector.architectures.torchvision_shim import torchvision_models


def test_it_has_torchvisions_trunk_and_a_head_of_one_logit() -> None:
    module = architecture("mobilenet_v2").build().module()
    assert sum(parameter.numel() for parameter in module["trunk"].parameters()) == 2_223_872
    assert sum(parameter.numel() for parameter in module["head"].parameters()) == 1_281


@pytest.mark.parametrize(("side", "cells"), [(224, 7), (64, 2), (33, 2)])
def test_the_trunk_gives_one_named_map(side: int, cells: int) -> None:
    network = architecture("mobilenet_v2").build()
    network.module().eval()
    with torch.no_grad():
        maps = network.trunk(torch.zeros(2, 3, side, side))
        assert {name: tuple(found.shape) for name, found in maps.items()} == {"last": (2, 1280, cells, cells)}
        assert network.head(maps["last"]).shape == (2, 1)
        assert network.logits(torch.zeros(2, 3, side, side)).shape == (2,)


def test_it_begins_from_weights_in_torchvisions_layout() -> None:
    pretrained = torchvision_models().mobilenet_v2(weights=None).state_dict()
    network = architecture("mobilenet_v2").build()
    head = network.head.state_dict()["linear.weight"].clone()
    architecture("mobilenet_v2").initialise(network, pretrained)
    trunk = network.trunk.state_dict()
    assert all(torch.equal(trunk[name], pretrained[name]) for name in trunk if not name.endswith("tracked"))
    assert torch.equal(network.head.state_dict()["linear.weight"], head)


def test_the_first_blocks_are_those_nearest_the_image() -> None:
    network = architecture("mobilenet_v2").build()
    blocks = architecture("mobilenet_v2").first_blocks(network, 2)
    assert isinstance(network.trunk, Trunk)
    assert blocks == [network.trunk.features[0], network.trunk.features[1]]


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ArchitectureError, match=r"unknown architecture 'os\.system'"):
        architecture("os.system")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weight": None}, "1 tensors are missing, first weight"),
        ({"extra": torch.zeros(1)}, "1 tensors are unknown, first extra"),
        ({"weight": torch.zeros(2, 2)}, "weight is \\(2, 2\\), expected \\(1, 3\\)"),
    ],
)
def test_tensors_that_do_not_fit_are_refused(change: dict[str, torch.Tensor | None], message: str) -> None:
    module = torch.nn.Linear(3, 1)
    tensors = {name: value for name, value in {**module.state_dict(), **change}.items() if value is not None}
    with pytest.raises(ArchitectureError, match=message):
        load_into(module, tensors)
