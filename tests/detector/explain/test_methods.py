"""The methods by hand, by name, and on every architecture."""

import pytest
import torch
from torch import Tensor, nn

from detector import explain as explanations
from detector.architectures import ARCHITECTURES, FAMILIES, Network, architecture
from detector.architectures.base import PooledHead
from detector.explain import METHODS, NAMES, explain, explained
from detector.explain.base import direction

SIDES = {"villarreal": 224, "mobilenet_v2": 64, "fused_mobilenet_v2": 64, "resnet18": 64}
MAP = torch.tensor([[[[2.0, 1.0], [0.0, 1.0]], [[1.0, 0.0], [3.0, 0.0]]]])
GRADIENT = torch.tensor([[[[1.0, 1.0], [1.0, -1.0]], [[0.0, 0.0], [-2.0, 0.0]]]])


class Everywhere(nn.Module):
    """A head with local logits: the difference of two channels; its logit is their mean."""

    def local(self, feature_map: Tensor) -> Tensor:
        return feature_map[:, 0] - feature_map[:, 1]

    def forward(self, feature_map: Tensor) -> Tensor:
        return self.local(feature_map).mean(dim=(1, 2))[:, None]


class Joint(Everywhere):
    """The same, both at once."""

    def both(self, feature_map: Tensor) -> tuple[Tensor, Tensor]:
        local = self.local(feature_map)
        return local.mean(dim=(1, 2))[:, None], local

    def forward(self, feature_map: Tensor) -> Tensor:
        raise AssertionError("a head that gives both is passed once")


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("grad-cam", [[0.5, 0.5], [0.0, 0.5]]),
        ("hirescam", [[2.0, 1.0], [0.0, 0.0]]),
        ("layercam", [[2.0, 1.0], [0.0, 0.0]]),
        ("grad-cam++", [[1.0, 0.5], [0.0, 0.5]]),
    ],
)
def test_method_by_hand(method: str, expected: list[list[float]]) -> None:
    influence = METHODS[method](MAP, GRADIENT)
    assert torch.allclose(influence, torch.tensor([expected]), atol=1e-5)


def test_names_of_a_card_are_the_methods_local_and_none() -> None:
    assert (*METHODS, "local", "none") == NAMES


@pytest.mark.parametrize("name", METHODS)
def test_every_method_is_found_by_its_name(name: str) -> None:
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 1)).requires_grad_(False)
    logits, influence = explained(name, head, MAP)
    assert torch.equal(logits, head(MAP)[:, 0])
    assert influence is not None
    assert torch.equal(influence, explain(head, MAP, METHODS[name])[1])


def test_no_explanation_is_a_logit_without_a_map() -> None:
    logits, influence = explained("none", Everywhere(), MAP)
    assert (logits.tolist(), influence) == ([0.0], None)


@pytest.mark.parametrize("head", [Everywhere(), Joint()])
def test_local_evidence_is_that_for_the_class_shown(head: nn.Module) -> None:
    logits, influence = explained("local", head, MAP)
    assert logits.tolist() == [0.0]
    assert influence is not None
    assert torch.equal(influence, torch.sigmoid(torch.tensor([[[1.0, 1.0], [-3.0, 1.0]]])))
    logits, influence = explained("local", head, MAP - torch.tensor([1.0, 0.0])[None, :, None, None])
    assert logits.tolist() == [-1.0]
    assert influence is not None
    assert torch.equal(influence, torch.sigmoid(torch.tensor([[[0.0, 0.0], [4.0, 0.0]]])))


def test_a_head_without_local_logits_has_no_local_evidence() -> None:
    with pytest.raises(ValueError, match="no local evidence"):
        explained("local", PooledHead(2, 0.0), MAP)


def test_an_unknown_explanation_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown explanation 'guess'; known: grad-cam, hirescam"):
        explained("guess", Everywhere(), MAP)


def test_direction_is_towards_the_class_shown() -> None:
    assert direction(torch.tensor([-0.1, 0.0, 3.0])).tolist() == [-1.0, 1.0, 1.0]


@pytest.mark.parametrize("name", [*METHODS, "local"])
def test_what_is_explained_may_be_decided_by_other_views(name: str) -> None:
    own = explained(name, Everywhere(), MAP)[1]
    for_not_real, for_real = (explained(name, Everywhere(), MAP, torch.tensor([sign]))[1] for sign in (1.0, -1.0))
    assert own is not None
    assert for_not_real is not None
    assert for_real is not None
    assert torch.equal(own, for_not_real)
    assert not torch.equal(for_real, for_not_real)


@pytest.mark.parametrize("towards", [None, torch.tensor([1.0, -1.0, 1.0, -1.0])])
@pytest.mark.parametrize("method", METHODS)
def test_a_pooled_head_is_explained_as_by_differentiating(method: str, towards: Tensor | None) -> None:
    torch.manual_seed(0)
    head = PooledHead(5, 0.5).eval().requires_grad_(False)
    feature_map = torch.randn(4, 5, 3, 2)
    logits, influence = explained(method, head, feature_map, towards)
    expected_logits, expected = explain(nn.Sequential(head), feature_map, METHODS[method], towards)
    assert influence is not None
    assert torch.equal(logits, expected_logits)
    assert torch.allclose(influence, expected, atol=1e-6)
    assert influence.max() > 0


def test_what_is_no_name_of_the_package_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        explanations.nothing  # noqa: B018


def whole_backward(network: Network, images: Tensor) -> tuple[Tensor, Tensor]:
    """The map and the gradient of its one logit, by a pass through trunk and head."""
    feature_map = network.trunk(images.requires_grad_())[network.explained]
    feature_map.retain_grad()
    logits = network.head(feature_map)[:, 0]
    (logits * direction(logits.detach())).sum().backward()
    assert feature_map.grad is not None
    return feature_map.detach(), feature_map.grad


@pytest.mark.parametrize("name", [*sorted(ARCHITECTURES), *(family.example for family in FAMILIES)])
def test_one_trunk_pass_explains_every_architecture(name: str) -> None:
    torch.manual_seed(3)
    network = architecture(name).build()
    network.module().eval().requires_grad_(False)
    side = SIDES.get(name, 32)
    images = torch.randn(2, 3, side, side)
    feature_map, gradient = whole_backward(network, images.clone())
    with torch.no_grad():
        alone = network.trunk(images)[network.explained]
    for method in METHODS.values():
        logits, influence = explain(network.head, alone, method)
        assert torch.allclose(logits, network.logits(images), atol=1e-4)
        assert influence.shape == (2, *alone.shape[2:])
        assert torch.allclose(influence, method(feature_map, gradient), atol=1e-5)
        assert influence.min() >= 0
