"""ONNX Runtime gives the maps and scores of the trunk itself, whatever the architecture."""

import pytest
import torch
from torch import Tensor, nn

from detector.bundles import load, shipped, shipped_names
from detector.engines import EngineError, agreement
from detector.engines.onnx_export import export
from detector.engines.onnx_runtime import OnnxEngine, why_not
from detector.engines.pytorch import TorchEngine
from tests.detector.engines.networks_for_tests import EVERY, TwoMaps, random_bundle, small

CPU = torch.device("cpu")


def engine(trunk: nn.Module, size: int, names: list[str]) -> OnnxEngine:
    return OnnxEngine(export(trunk, size, names), CPU, threads=1)


def pictures(count: int, size: int) -> Tensor:
    return torch.randn(count, 3, size, size, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", EVERY)
def test_scores_of_every_architecture_agree_between_engines(name: str) -> None:
    bundle = random_bundle(name)
    size = bundle.card.input.size
    images = pictures(3, size)
    with torch.no_grad():
        maps = bundle.trunk(images)
        wanted = bundle.network.logits(images)
    onnx = engine(bundle.trunk, size, list(maps))
    found = onnx.maps(images)
    assert {one: feature_map.shape for one, feature_map in found.items()} == {
        one: feature_map.shape for one, feature_map in maps.items()
    }
    with torch.no_grad():
        logits = bundle.head(found[bundle.card.explained])[:, 0]
        alone = bundle.head(onnx.maps(images[:1])[bundle.card.explained])[:, 0]
    assert wanted.std() > 0.1
    assert torch.allclose(logits, wanted, atol=1e-4, rtol=1e-4)
    assert torch.allclose(alone, wanted[:1], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", [name for name in EVERY if name != "villarreal"])
def test_half_precision_of_every_architecture_agrees_within_a_hundredth(name: str) -> None:
    bundle = random_bundle(name)
    half = TorchEngine(bundle.trunk, CPU, torch.float16)
    assert half.tolerance == 1e-2
    images = agreement.probe(bundle.card.input)
    reference = agreement.logits(bundle, TorchEngine(bundle.trunk, CPU), images)
    agreement.require_agreement(bundle, half, images, reference)


@pytest.mark.parametrize("name", shipped_names())
def test_scores_of_every_shipped_bundle_agree_between_engines(name: str) -> None:
    bundle = load(shipped(name))
    images = agreement.probe(bundle.card.input)
    with torch.no_grad():
        names = list(bundle.trunk(images[:1]))
        wanted = bundle.network.logits(images).double().numpy()
    onnx = engine(bundle.trunk, bundle.card.input.size, names)
    assert agreement.logits(bundle, onnx, images) == pytest.approx(wanted, abs=1e-4, rel=1e-4)


def test_maps_of_every_name_come_back() -> None:
    bundle = small()
    images = pictures(2, 16)
    found = engine(bundle.trunk, 16, ["fine", "coarse"]).maps(images)
    assert {name: tuple(one.shape) for name, one in found.items()} == {"fine": (2, 5, 16, 16), "coarse": (2, 6, 8, 8)}
    for name, wanted in bundle.trunk(images).items():
        assert torch.allclose(found[name], wanted, atol=1e-5)
        assert found[name].dtype == torch.float32
        assert not found[name].requires_grad


def test_a_large_batch_goes_in_parts_and_comes_back_whole() -> None:
    bundle = small()
    onnx = engine(bundle.trunk, 16, ["fine", "coarse"])
    images = pictures(19, 16)
    found = onnx.maps(images)["coarse"]
    assert torch.allclose(found, bundle.trunk(images)["coarse"], atol=1e-5)
    assert torch.equal(found[18:], onnx.maps(images[18:])["coarse"])


def test_images_that_lie_channels_last_are_read_right() -> None:
    bundle = small()
    images = pictures(2, 16).to(memory_format=torch.channels_last)
    found = engine(bundle.trunk, 16, ["fine", "coarse"]).maps(images)["fine"]
    assert torch.allclose(found, bundle.trunk(images)["fine"], atol=1e-5)


def test_exporting_leaves_the_trunk_as_it_is() -> None:
    trunk = TwoMaps().train()
    before = {name: tensor.clone() for name, tensor in trunk.state_dict().items()}
    export(trunk, 16, ["fine", "coarse"])
    assert trunk.training
    assert all(parameter.requires_grad for parameter in trunk.parameters())
    assert all(torch.equal(before[name], tensor) for name, tensor in trunk.state_dict().items())


class Spectrum(nn.Module):
    """A trunk that the exporter has no words for."""

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        return {"last": torch.fft.rfft2(images).abs()}


def test_a_trunk_that_cannot_be_written_is_an_error_in_one_line() -> None:
    with pytest.raises(EngineError, match=r"cannot be written as ONNX: .+") as caught:
        export(Spectrum(), 16, ["last"])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("model", [b"", b"no model", b"\x08" * 100])
def test_a_damaged_model_is_an_error_in_one_line(model: bytes) -> None:
    with pytest.raises(EngineError, match="cannot load the model") as caught:
        OnnxEngine(model, CPU, threads=1)
    assert "\n" not in str(caught.value)


def test_a_device_without_a_provider_is_named() -> None:
    assert why_not(CPU) is None
    if not torch.cuda.is_available():
        assert "no CUDA provider" in str(why_not(torch.device("cuda")))
