"""Grad-CAM from one trunk pass equals Grad-CAM by a whole backward pass."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from detector.bundles import Bundle
from detector.explain.base import explain
from detector.explain.gradcam import grad_cam


class Plain(nn.Module):
    """A head whose gradient differs from place to place, unlike the pooled one's."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(channels, 4, 3)
        self.linear = nn.Linear(4, 1)

    def forward(self, feature_map: Tensor) -> Tensor:
        logit: Tensor = self.linear(torch.tanh(self.convolution(feature_map)).amax(dim=(2, 3)))
        return logit


def whole_backward(trunk: nn.Module, head: nn.Module, image: Tensor) -> tuple[float, Tensor]:
    """One image at a time, gradients through trunk and head, hooked at the map: the textbook way."""
    kept: dict[str, Tensor] = {}
    image = image.clone().requires_grad_()
    feature_map = trunk(image)["last"]
    feature_map.register_hook(lambda gradient: kept.__setitem__("gradient", gradient))
    logit = head(feature_map)[0, 0]
    (logit if logit >= 0 else -logit).backward()
    weights = kept["gradient"].mean(dim=(2, 3))[0]
    total = sum(weight * channel for weight, channel in zip(weights, feature_map[0], strict=True))
    assert isinstance(total, Tensor)
    return float(logit.detach()), torch.relu(total).detach()


def images(seed: int, count: int = 4) -> Tensor:
    return torch.randn(count, 3, 96, 96, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("pooled", [True, False])
def test_one_pass_equals_the_whole_backward_pass(general: Bundle, seed: int, pooled: bool) -> None:
    torch.manual_seed(seed)
    head = general.head if pooled else Plain(1280).requires_grad_(False)
    batch = images(seed)
    with torch.no_grad():
        feature_map = general.trunk(batch)["last"]
    logits, maps = explain(head, feature_map, grad_cam)
    assert maps.shape == (4, 3, 3)
    for at in range(4):
        logit, expected = whole_backward(general.trunk, head, batch[at : at + 1])
        assert float(logits[at]) == pytest.approx(logit, abs=1e-5)
        assert np.allclose(maps[at].numpy(), expected.numpy(), atol=1e-5)


def one_channel_head(weight: float) -> nn.Module:
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1, 1, bias=False))
    nn.init.constant_(head[2].weight, weight)  # type: ignore[arg-type]
    return head.requires_grad_(False)


def test_real_is_explained_by_the_negative_logit() -> None:
    feature_map = torch.tensor([[[[1.0, 0.0], [0.0, 3.0]]]])
    speaking_for, speaking_against = one_channel_head(1.0), one_channel_head(-1.0)
    _, for_not_real = explain(speaking_for, feature_map, grad_cam)
    logits, for_real = explain(speaking_against, feature_map, grad_cam)
    assert logits.item() == -1.0
    assert torch.equal(for_real, for_not_real)
    assert torch.equal(for_real, torch.tensor([[[0.25, 0.0], [0.0, 0.75]]]))


def test_influence_against_the_shown_class_is_nothing() -> None:
    _, maps = explain(one_channel_head(1.0), torch.tensor([[[[5.0, -1.0], [0.0, 0.0]]]]), grad_cam)
    assert torch.equal(maps, torch.tensor([[[1.25, 0.0], [0.0, 0.0]]]))


def test_a_map_of_zeros_stays_one() -> None:
    logits, maps = explain(one_channel_head(1.0), torch.zeros(2, 1, 3, 3), grad_cam)
    assert logits.tolist() == [0.0, 0.0]
    assert torch.equal(maps, torch.zeros(2, 3, 3))


def test_explaining_leaves_no_gradient_behind(general: Bundle) -> None:
    with torch.no_grad():
        feature_map = general.trunk(images(3, 1))["last"]
    explain(general.head, feature_map, grad_cam)
    assert feature_map.grad is None
    assert not feature_map.requires_grad
    assert all(parameter.grad is None for parameter in general.network.module().parameters())


def test_explaining_works_where_gradients_are_switched_off(general: Bundle) -> None:
    with torch.no_grad():
        logits, maps = explain(general.head, general.trunk(images(4, 2))["last"], grad_cam)
    assert not logits.requires_grad
    assert maps.max() > 0
