"""Which number format a run trains in."""

import pytest
import torch

from detector.training.precision import autocast, resolve, scaler

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


def test_auto_is_half_precision_on_a_gpu() -> None:
    assert resolve("auto", CUDA) == "float16"


def test_auto_on_a_cpu_is_never_float16() -> None:
    assert resolve("auto", CPU) in {"bfloat16", "float32"}


@pytest.mark.parametrize("name", ["float32", "bfloat16"])
def test_a_named_format_is_taken(name: str) -> None:
    assert resolve(name, CPU) == name


@pytest.mark.parametrize(("name", "reason"), [("float16", "needs a GPU"), ("half", "must be one of auto")])
def test_a_format_that_cannot_be_is_refused(name: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        resolve(name, CPU)


def test_layers_compute_in_the_format_and_keep_float32_weights() -> None:
    layer = torch.nn.Linear(2, 2)
    with autocast("bfloat16", CPU):
        assert layer(torch.ones(1, 2)).dtype == torch.bfloat16
    with autocast("float32", CPU):
        assert layer(torch.ones(1, 2)).dtype == torch.float32
    assert layer.weight.dtype == torch.float32


def test_only_float16_scales_its_loss() -> None:
    loss = torch.tensor(2.0)
    assert float(scaler("bfloat16", CPU).scale(loss)) == 2.0
    assert float(scaler("float16", CPU).scale(loss)) > 2.0
