"""The engine is the one that was asked for, or the fastest that gives the network's own scores."""

from pathlib import Path

import pytest
import torch

from detector.bundles import Bundle
from detector.engines import EngineError, Engines, choice, onnx_runtime
from detector.engines.memory import Measured, Memory, key_of
from detector.engines.onnx_export import OnnxFiles
from tests.detector.engines.networks_for_tests import small

CPU = torch.device("cpu")
WEIGHTS = "ab" * 32


@pytest.fixture
def bundle() -> Bundle:
    return small(weights_sha256=WEIGHTS)


def remember(folder: Path, bundle: Bundle, **milliseconds: float) -> None:
    key = key_of(bundle.card.architecture, bundle.card.input.size, CPU, 1)
    Memory(folder).keep(key, Measured(milliseconds, {}))


@pytest.mark.parametrize("name", ["torch", "onnxruntime"])
def test_the_engine_that_was_asked_for_is_taken_and_nothing_is_measured(bundle: Bundle, name: str) -> None:
    chosen = Engines(name, CPU, 1).choose(bundle)
    assert (chosen.engine.name, chosen.measured, str(chosen)) == (name, None, name)


def test_an_unknown_engine_is_an_error_that_names_the_others() -> None:
    with pytest.raises(EngineError, match=r"There is no engine 'tensorrt'; there are auto, torch, onnxruntime\."):
        Engines("tensorrt", CPU)


def test_an_engine_that_is_not_installed_is_an_error_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_runtime, "find_spec", lambda name: None)
    with pytest.raises(EngineError, match="onnxruntime and onnx is not installed"):
        Engines("onnxruntime", CPU)


def test_without_onnx_runtime_the_choice_is_pytorch_and_says_why(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_runtime, "find_spec", lambda name: None)
    chosen = Engines("auto", CPU, 1).choose(bundle)
    assert chosen.engine.name == "torch"
    assert chosen.measured is not None
    assert list(chosen.measured.milliseconds) == ["torch"]
    assert "onnxruntime: the package onnxruntime and onnx is not installed" in str(chosen)


def test_auto_takes_the_fastest_that_was_measured(bundle: Bundle) -> None:
    chosen = Engines("auto", CPU, 1).choose(bundle)
    assert chosen.measured is not None
    assert set(chosen.measured.milliseconds) == {"torch", "onnxruntime"}
    assert chosen.engine.name == chosen.measured.fastest
    assert all(value > 0 for value in chosen.measured.milliseconds.values())


@pytest.mark.parametrize(("faster", "slower"), [("torch", "onnxruntime"), ("onnxruntime", "torch")])
def test_what_was_measured_before_is_not_measured_again(
    bundle: Bundle, tmp_path: Path, faster: str, slower: str
) -> None:
    remember(tmp_path, bundle, **{faster: 1.0, slower: 2.0})
    chosen = Engines("auto", CPU, 1, tmp_path).choose(bundle)
    assert chosen.engine.name == faster
    assert chosen.measured == Measured({faster: 1.0, slower: 2.0}, {})


def test_a_second_start_finds_measurement_and_model(bundle: Bundle, tmp_path: Path) -> None:
    first = Engines("auto", CPU, 1, tmp_path).choose(bundle)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".onnx"]
    assert Engines("auto", CPU, 1, tmp_path).choose(bundle).measured == first.measured


def test_an_unknown_engine_in_the_folder_is_measured_again(bundle: Bundle, tmp_path: Path) -> None:
    remember(tmp_path, bundle, tensorrt=0.1)
    chosen = Engines("auto", CPU, 1, tmp_path).choose(bundle)
    assert chosen.measured is not None
    assert set(chosen.measured.milliseconds) == {"torch", "onnxruntime"}


@pytest.mark.parametrize("wrong", ["damaged", "of other weights"])
def test_a_kept_model_that_is_not_the_trunks_is_written_again(bundle: Bundle, tmp_path: Path, wrong: str) -> None:
    other = Engines("onnxruntime", CPU, 1, tmp_path / "other")
    other.choose(small(seed=1, weights_sha256=WEIGHTS))
    (foreign,) = (tmp_path / "other").iterdir()
    made_of = f"{bundle.card.architecture} {WEIGHTS}"
    OnnxFiles(tmp_path).keep(made_of, 16, foreign.read_bytes() if wrong == "of other weights" else b"damaged")

    engine = Engines("onnxruntime", CPU, 1, tmp_path).choose(bundle).engine

    images = torch.randn(2, 3, 16, 16)
    assert torch.allclose(engine.maps(images)["fine"], bundle.trunk(images)["fine"], atol=1e-5)
    assert OnnxFiles(tmp_path).kept(made_of, 16) not in {b"damaged", foreign.read_bytes()}


def test_a_bundle_that_was_never_on_disk_leaves_no_model_behind(tmp_path: Path) -> None:
    Engines("onnxruntime", CPU, 1, tmp_path).choose(small())
    assert list(tmp_path.iterdir()) == []


def test_the_threads_of_pytorch_are_as_they_were(bundle: Bundle) -> None:
    before = torch.get_num_threads()
    Engines("auto", CPU, before).choose(bundle)
    assert torch.get_num_threads() == before
    assert choice.AUTO == "auto"
