"""Muon: orthogonal steps for filters, Adam's for all else."""

import pytest
import torch

from detector.training.muon import Muon, orthogonalised


@pytest.mark.parametrize("shape", [(6, 20), (20, 6), (5, 5)])
def test_orthogonalising_brings_all_singular_values_near_one(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonalised(torch.randn(shape) * 1e-3))
    assert 0.5 < values.min() < values.max() < 1.3


def test_orthogonalising_keeps_the_directions() -> None:
    left, right = torch.linalg.qr(torch.randn(4, 4)).Q, torch.linalg.qr(torch.randn(9, 4)).Q
    stretched = left @ torch.diag(torch.tensor([4.0, 3.0, 2.0, 1.0])) @ right.T
    inner = left.T @ orthogonalised(stretched) @ right
    assert torch.allclose(inner, torch.diag(torch.diagonal(inner)), atol=0.05)


def test_a_gradient_of_zero_changes_nothing() -> None:
    filters = torch.nn.Parameter(torch.ones(3, 2, 3, 3))
    filters.grad = torch.zeros_like(filters)
    Muon([{"params": [filters], "orthogonal": True}], weight_decay=0.0).step()
    assert torch.equal(filters.detach(), torch.ones(3, 2, 3, 3))


def test_the_size_of_a_filters_gradient_does_not_change_its_step() -> None:
    gradient = torch.randn(3, 2, 3, 3, generator=torch.Generator().manual_seed(1))
    first, second = _stepped(gradient), _stepped(gradient * 1000)
    assert torch.allclose(first, second, atol=0.01)
    assert torch.linalg.matrix_norm(first.flatten(1), 2).item() == pytest.approx(0.1, rel=0.3)


def test_other_parameters_are_stepped_as_adamw_does() -> None:
    ours, theirs = (torch.nn.Parameter(torch.tensor([1.0, -2.0])) for _ in range(2))
    muon = Muon([{"params": [ours], "lr": 0.01}], weight_decay=0.1, betas=(0.9, 0.99))
    adamw = torch.optim.AdamW([theirs], lr=0.01, weight_decay=0.1, betas=(0.9, 0.99))
    for step in range(5):
        for parameter, optimiser in ((ours, muon), (theirs, adamw)):
            parameter.grad = torch.tensor([0.3, -1.0]) * (step + 1)
            optimiser.step()
    assert torch.allclose(ours, theirs, atol=1e-6)


def test_a_state_that_was_kept_goes_on_to_the_same_weights() -> None:
    gradient = torch.randn(3, 2, 3, 3, generator=torch.Generator().manual_seed(1))
    unbroken, broken = torch.nn.Parameter(torch.zeros(3, 2, 3, 3)), torch.nn.Parameter(torch.zeros(3, 2, 3, 3))
    first = _muon(unbroken)
    _steps(unbroken, first, [gradient, gradient.flip(0)])
    second = _muon(broken)
    _steps(broken, second, [gradient])
    third = _muon(broken)
    third.load_state_dict(second.state_dict())
    _steps(broken, third, [gradient.flip(0)])
    assert torch.equal(unbroken, broken)


def test_a_closure_is_refused() -> None:
    muon = _muon(torch.nn.Parameter(torch.zeros(2, 2)))
    with pytest.raises(ValueError, match="no closure"):
        muon.step(lambda: 0.0)


def _muon(parameter: torch.nn.Parameter) -> Muon:
    return Muon([{"params": [parameter], "lr": 0.1, "orthogonal": True}], weight_decay=0.0)


def _steps(parameter: torch.nn.Parameter, optimiser: Muon, gradients: list[torch.Tensor]) -> None:
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimiser.step()


def _stepped(gradient: torch.Tensor) -> torch.Tensor:
    parameter = torch.nn.Parameter(torch.zeros_like(gradient))
    _steps(parameter, _muon(parameter), [gradient])
    return parameter.detach()
