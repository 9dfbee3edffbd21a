"""A bundle is written, read and refused by what it is."""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from detector.bundles import Bundle, BundleError, load, read_card, save, shipped, shipped_names
from tests.detector.bundles_for_tests import SIZE, bundle, card

ROLES = ["edited", "face", "general"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = bundle("general")
    written = tmp_path_factory.mktemp("bundle")
    save(written, made.card, made.network)
    return written


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def change_card(folder: Path, **changes: Any) -> None:
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def change_weights(folder: Path, tensors: dict[str, torch.Tensor]) -> None:
    save_file(tensors, folder / "weights.safetensors")
    digest = hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()
    change_card(folder, weights_sha256=digest)


def test_what_was_saved_is_loaded(folder: Path, general: Bundle) -> None:
    loaded = load(folder)
    assert dataclasses.replace(loaded.card, weights_sha256="") == general.card
    picture = torch.randn(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        assert torch.allclose(loaded.network.logits(picture), general.network.logits(picture), atol=0.05)


def test_a_loaded_bundle_is_ready_to_serve(folder: Path) -> None:
    loaded = load(folder)
    module = loaded.network.module()
    assert not any(part.training for part in [*loaded.trunk.modules(), *loaded.head.modules()])
    assert not any(parameter.requires_grad for parameter in module.parameters())
    assert all(tensor.dtype == torch.float32 for tensor in module.state_dict().values() if tensor.is_floating_point())


def test_weights_are_kept_at_half_precision(folder: Path) -> None:
    assert {tensor.dtype for tensor in load_file(folder / "weights.safetensors").values()} == {torch.float16}
    assert (folder / "weights.safetensors").stat().st_size < 5_000_000


def test_nothing_but_weights_and_card_is_written(folder: Path) -> None:
    assert sorted(file.name for file in folder.iterdir()) == ["card.json", "weights.safetensors"]


def test_changed_weights_are_refused(copy: Path) -> None:
    weights = bytearray((copy / "weights.safetensors").read_bytes())
    weights[-1] ^= 1
    (copy / "weights.safetensors").write_bytes(weights)
    with pytest.raises(BundleError, match="are not those that its card names"):
        load(copy)


@pytest.mark.parametrize("missing", ["weights.safetensors", "card.json"])
def test_a_missing_file_is_refused(copy: Path, missing: str) -> None:
    (copy / missing).unlink()
    with pytest.raises(BundleError, match="cannot be read"):
        load(copy)


def test_missing_and_misshapen_tensors_are_refused(copy: Path) -> None:
    tensors = load_file(copy / "weights.safetensors")
    change_weights(copy, {name: tensor for name, tensor in tensors.items() if name != "head.linear.bias"})
    with pytest.raises(BundleError, match=r"missing, first head\.linear\.bias"):
        load(copy)
    change_weights(copy, tensors | {"head.linear.bias": torch.zeros(2)})
    with pytest.raises(BundleError, match=r"head.linear.bias is \(2,\)"):
        load(copy)


def test_weights_that_are_no_safetensors_are_refused(copy: Path) -> None:
    (copy / "weights.safetensors").write_bytes(b"\x80\x04pickle")
    change_card(copy, weights_sha256=hashlib.sha256(b"\x80\x04pickle").hexdigest())
    with pytest.raises(BundleError, match="do not fit"):
        load(copy)


@pytest.mark.parametrize(
    "changes",
    [
        {"role": "anything"},
        {"classes": {"0": "real"}},
        {"calibration": {"method": "temperature", "temperature": 0}},
        {"thresholds": {"review": 0.8, "label": 0.5, "block": 0.9}},
        {"input": {"size": 64, "mean": [1, 2], "scale": [1, 1, 1], "face_margin": None}},
        {"input": {"size": 64, "mean": [1, 2, 3], "scale": [1, 1, 0], "face_margin": None}},
        {"input": {"size": 64, "mean": [1, 2, 3], "scale": [1, 1, 1], "face_margin": 0.3}},
        {"command": "rm -rf"},
        {"input": 3},
    ],
)
def test_a_card_that_means_nothing_is_refused(copy: Path, changes: dict[str, Any]) -> None:
    change_card(copy, **changes)
    with pytest.raises(BundleError, match="is not a card"):
        load(copy)


@pytest.mark.parametrize("text", ["", "[]", "{}", "not json", "\xff"])
def test_a_card_that_is_no_card_is_refused(copy: Path, text: str) -> None:
    (copy / "card.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(BundleError, match="is not a card"):
        read_card(copy)


def test_an_unknown_architecture_or_map_is_refused(copy: Path) -> None:
    change_card(copy, architecture="subprocess")
    with pytest.raises(BundleError, match="unknown architecture"):
        load(copy)
    change_card(copy, architecture="mobilenet_v2", explained="first")
    with pytest.raises(BundleError, match="no map named 'first'"):
        load(copy)


def test_saving_over_a_bundle_replaces_it(copy: Path) -> None:
    other = bundle("general", seed=5)
    written = save(copy, card(version="next"), other.network)
    assert load(copy).card == written
    assert written.version == "next"


def test_the_three_roles_are_shipped() -> None:
    assert set(ROLES) <= set(shipped_names())
    with pytest.raises(BundleError, match="No bundle named 'other'"):
        shipped("other")


@pytest.mark.parametrize("role", ROLES)
def test_every_shipped_bundle_loads_and_says_what_it_may_be_used_for(role: str) -> None:
    loaded = load(shipped(role))
    assert (loaded.card.name, loaded.card.role) == (role, role)
    assert "Not for commercial use" in loaded.card.licence
    assert "may not be used commercially" in (shipped(role) / "NOTICE").read_text()
    size = loaded.card.input.size
    with torch.no_grad():
        logit = loaded.network.logits(torch.zeros(1, 3, size, size))
    assert torch.isfinite(logit).all()
