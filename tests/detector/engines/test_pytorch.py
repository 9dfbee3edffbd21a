"""The PyTorch engine gives the trunk's own maps."""

import pytest
import torch

from detector.bundles import Bundle
from detector.engines import choose_device, engine_for
from tests.detector.bundles_for_tests import SIZE


def batch(count: int = 3) -> torch.Tensor:
    return torch.randn(count, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))


def test_maps_are_those_of_the_trunk_as_float_without_gradients(general: Bundle) -> None:
    engine = engine_for(general.trunk, torch.device("cpu"))
    with torch.no_grad():
        expected = general.trunk(batch())["last"]
    found = engine.maps(batch())
    assert list(found) == ["last"]
    assert torch.allclose(found["last"], expected, atol=1e-4)
    assert found["last"].dtype == torch.float32
    assert not found["last"].requires_grad


def test_the_engine_keeps_a_copy_of_its_own(general: Bundle) -> None:
    before = {name: tensor.clone() for name, tensor in general.trunk.state_dict().items()}
    engine_for(general.trunk, torch.device("cpu")).maps(batch())
    assert all(torch.equal(before[name], tensor) for name, tensor in general.trunk.state_dict().items())
    assert not general.trunk.training


@pytest.mark.parametrize("name", ["cpu", "auto"])
def test_a_device_is_chosen_by_name(name: str) -> None:
    expected = "cuda" if name == "auto" and torch.cuda.is_available() else "cpu"
    assert choose_device(name).type == expected


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_half_precision_on_cuda_agrees_within_a_hundredth(general: Bundle) -> None:
    maps = engine_for(general.trunk, torch.device("cuda")).maps(batch())["last"].cpu()
    with torch.no_grad():
        half, full = general.head(maps), general.head(general.trunk(batch())["last"])
    assert torch.allclose(torch.sigmoid(half), torch.sigmoid(full), atol=1e-2)
