"""The reference networks: exact sizes, a map between trunk and head, bundles of them, and every kind of map."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from detector.architectures import ArchitectureError, Network, architecture
from detector.architectures.torchvision_shim import torchvision_models
from detector.bundles import InputSpec, load, save
from detector.explain import METHODS, explain
from tests.detector.bundles_for_tests import MIDDLE, card

SIZES = {
    "villarreal": (17_562_273, 3_968, 224, (512, 14, 14)),
    "cifake-16x1": (4_049, 0, 32, (16, 30, 30)),
    "cifake-32x2": (11_297, 0, 32, (32, 13, 13)),
    "cifake-32x2-64x1": (84_001, 0, 32, (32, 13, 13)),
    "cifake-128x3-32x3": (317_313, 0, 32, (128, 4, 4)),
    "fakenet2": (1_454_081, 1_408, 32, (256, 4, 4)),
    "fakenet2-three-pools": (667_649, 1_408, 32, (256, 4, 4)),
    "fakenet": (4_402_817, 512, 32, (256, 5, 5)),
    "attention": (614_658, 384, 32, (128, 8, 8)),
    "resnet18": (11_177_025, 9_600, 64, (512, 2, 2)),
    "torchvision-squeezenet1_1": (723_009, 0, 64, (512, 3, 3)),
}
SMALL = [name for name in SIZES if name != "villarreal"]


def built(name: str, seed: int = 0) -> Network:
    torch.manual_seed(seed)
    network = architecture(name).build()
    network.module().eval()
    return network


def images(name: str, count: int = 2) -> Tensor:
    side = SIZES[name][2]
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", SIZES)
def test_it_has_exactly_its_parameters_and_a_map_between_trunk_and_head(name: str) -> None:
    trainable, statistics, _, shape = SIZES[name]
    network = built(name)
    module = network.module()
    assert sum(parameter.numel() for parameter in module.parameters()) == trainable
    assert sum(buffer.numel() for buffer in module.buffers() if buffer.is_floating_point()) == statistics
    with torch.no_grad():
        maps = network.trunk(images(name, 1))
        assert {key: tuple(found.shape) for key, found in maps.items()} == {"last": (1, *shape)}
        assert network.head(maps["last"]).shape == (1, 1)
    assert architecture(name).name == name


def test_villarreal_is_in_the_order_of_keras_with_its_batch_normalisation() -> None:
    layers = list(built("villarreal").trunk.get_submodule("blocks.4").children())
    kinds = [nn.Conv2d, nn.ReLU, nn.BatchNorm2d] * 2
    assert [type(layer) for layer in layers] == kinds
    assert (layers[2].eps, layers[2].momentum) == (1e-3, 0.01)


def test_what_came_from_keras_begins_as_keras_begins() -> None:
    dense = built("villarreal").head.get_submodule("dense")
    limit = (6 / (25_088 + 512)) ** 0.5
    assert isinstance(dense, nn.Linear)
    assert torch.count_nonzero(dense.bias) == 0
    assert dense.weight.abs().max().item() == pytest.approx(limit, rel=1e-4)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", SMALL)
def test_every_kind_of_map_can_be_made_of_it(name: str, method: str) -> None:
    network = built(name)
    with torch.no_grad():
        feature_map = network.trunk(images(name))["last"]
        expected = network.head(feature_map)[:, 0]
    logits, influence = explain(network.head, feature_map, METHODS[method])
    assert torch.allclose(logits, expected, atol=1e-5)
    assert influence.shape == (2, *SIZES[name][3][1:])
    assert torch.isfinite(influence).all()
    assert influence.min() >= 0


def test_every_kind_of_map_can_be_made_of_the_large_one() -> None:
    head = built("villarreal").head
    feature_map = torch.randn(2, 512, 14, 14, generator=torch.Generator().manual_seed(1))
    for method in METHODS.values():
        logits, influence = explain(head, feature_map, method)
        assert torch.allclose(logits, head(feature_map)[:, 0], atol=1e-5)
        assert influence.shape == (2, 14, 14)
        assert influence.min() >= 0


@pytest.mark.parametrize("name", ["cifake-32x2-64x1", "fakenet2", "attention"])
def test_it_survives_being_a_bundle(tmp_path: Path, name: str) -> None:
    network = built(name)
    save(tmp_path, card(architecture=name, input=InputSpec(32, MIDDLE, MIDDLE)), network)
    loaded = load(tmp_path)
    with torch.no_grad():
        assert torch.allclose(loaded.network.logits(images(name)), network.logits(images(name)), atol=2e-2)


@pytest.mark.parametrize("name", ["cifake-16x1", "fakenet", "attention"])
def test_it_begins_from_weights_of_its_own_kind(name: str) -> None:
    first, second = built(name, seed=0), built(name, seed=1)
    architecture(name).initialise(second, first.module().state_dict())
    with torch.no_grad():
        assert torch.equal(first.logits(images(name)), second.logits(images(name)))


def test_resnet_begins_from_weights_in_torchvisions_layout() -> None:
    whole = torchvision_models().resnet18(weights=None).eval()
    network = built("resnet18")
    architecture("resnet18").initialise(network, whole.state_dict())
    batch = images("resnet18")
    with torch.no_grad():
        pooled = network.trunk(batch)["last"].mean(dim=(2, 3))
        assert torch.allclose(whole.fc(pooled), whole(batch), atol=1e-5)


@pytest.mark.parametrize("name", SMALL)
def test_the_first_blocks_are_those_nearest_the_image(name: str) -> None:
    network = built(name)
    (block,) = architecture(name).first_blocks(network, 1)
    convolution = next(layer for layer in network.trunk.modules() if isinstance(layer, nn.Conv2d))
    assert any(layer is convolution for layer in block.modules())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cifake-32x4", "layers must be 1 to 3"),
        ("cifake-0x2", "filters must be 1 to 1024"),
        ("cifake-32x2-99999x1", "neurons must be 1 to 8192"),
        ("cifake-32x2-64x0", "dense layers must be 1 to 8"),
        ("cifake-32", "unknown architecture"),
        ("cifake-1e9x2", "unknown architecture"),
        ("torchvision-os", "torchvision has no classification network named 'os'"),
        ("torchvision-fcn_resnet50", "torchvision has no classification network named 'fcn_resnet50'"),
        ("torchvision-vit_b_32", "no map on a grid"),
        ("torchvision-", "torchvision has no classification network named ''"),
    ],
)
def test_a_name_that_cannot_be_built_is_refused(name: str, message: str) -> None:
    with pytest.raises(ArchitectureError, match=message):
        architecture(name)
