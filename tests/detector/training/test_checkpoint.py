"""Checkpoints: what is written comes back, whole or not at all."""

from pathlib import Path

import pytest
import torch

from detector.training import checkpoint
from detector.training.checkpoint import FILE, Checkpoint, CheckpointError, flatten, unflatten

STATE = {"run": "this", "figures": [1, 2.5, None], "optimiser": {"param_groups": [{"lr": 0.1, "params": [0]}]}}
TENSORS = {"module/a.weight": torch.arange(6.0).view(2, 3), "random": torch.tensor([1, 255], dtype=torch.uint8)}


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    checkpoint.write(tmp_path / "new", Checkpoint(TENSORS, STATE))
    found = checkpoint.read(tmp_path / "new", "this")
    assert found is not None
    assert found.state == STATE
    assert torch.equal(found.tensors["module/a.weight"], TENSORS["module/a.weight"])
    assert found.tensors["random"].dtype == torch.uint8


def test_a_part_is_named_without_its_prefix() -> None:
    assert list(Checkpoint(TENSORS, {}).part("module")) == ["a.weight"]
    assert Checkpoint(TENSORS, {}).part("mod") == {}


def test_no_checkpoint_is_none(tmp_path: Path) -> None:
    assert checkpoint.read(tmp_path, "this") is None
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_of_another_run_is_refused_and_stays(tmp_path: Path) -> None:
    checkpoint.write(tmp_path, Checkpoint(TENSORS, STATE))
    with pytest.raises(CheckpointError, match="of another run"):
        checkpoint.read(tmp_path, "that")
    assert (tmp_path / FILE).exists()


@pytest.mark.parametrize("content", [b"", b"\x80\x04pickle", b"\x08\0\0\0\0\0\0\0{}      ", b"\xff" * 64])
def test_a_file_that_is_no_checkpoint_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(CheckpointError, match=FILE):
        checkpoint.read(tmp_path, "this")


def test_a_half_written_checkpoint_leaves_the_one_before(tmp_path: Path) -> None:
    checkpoint.write(tmp_path, Checkpoint(TENSORS, STATE))
    (tmp_path / f"{FILE}.part").write_bytes(b"killed here")
    assert checkpoint.read(tmp_path, "this") is not None


def test_a_removed_checkpoint_is_gone_and_may_be_removed_twice(tmp_path: Path) -> None:
    checkpoint.write(tmp_path, Checkpoint(TENSORS, STATE))
    checkpoint.remove(tmp_path)
    checkpoint.remove(tmp_path)
    assert checkpoint.read(tmp_path, "this") is None


def test_an_optimisers_state_survives_being_taken_apart() -> None:
    weight = torch.nn.Parameter(torch.ones(3))
    optimiser = torch.optim.AdamW([weight], lr=0.1)
    weight.sum().backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    state = optimiser.state_dict()
    tensors, rest = flatten("optimiser", state)
    assert set(tensors) == {"optimiser/0/step", "optimiser/0/exp_avg", "optimiser/0/exp_avg_sq"}
    whole = unflatten({name.removeprefix("optimiser/"): tensor for name, tensor in tensors.items()}, rest)
    assert whole["param_groups"] == state["param_groups"]
    assert torch.equal(whole["state"][0]["exp_avg"], state["state"][0]["exp_avg"])
