"""Every method equals the `grad-cam` package on arrays kept from it, maps of zeros included.

`fixtures/make_reference.py` made them.
"""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from detector.explain import METHODS, explain
from tests.detector.explain.heads_for_tests import KINDS, head, images, trunk

FILE = Path(__file__).parent / "fixtures" / "reference.npz"


@pytest.fixture(scope="module")
def arrays() -> dict[str, NDArray[np.float32]]:
    with np.load(FILE) as kept:
        return {name: kept[name] for name in kept.files}


def network(arrays: dict[str, NDArray[np.float32]], kind: str) -> nn.Sequential:
    made = nn.Sequential(trunk(), head(kind)).eval().requires_grad_(False)
    made.load_state_dict({name: torch.from_numpy(arrays[f"{kind}/{name}"]) for name in made.state_dict()})
    return made


def scaled(influence: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the package does to each map, once for the layer and once for the mean over layers."""
    for _ in range(2):
        influence = influence - influence.min(axis=(1, 2), keepdims=True)
        influence = influence / (1e-7 + influence.max(axis=(1, 2), keepdims=True))
    return influence


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", METHODS)
def test_method_equals_the_reference(arrays: dict[str, NDArray[np.float32]], kind: str, method: str) -> None:
    made = network(arrays, kind)
    with torch.no_grad():
        feature_map: Tensor = made[0](torch.from_numpy(arrays["images"]))
    logits, influence = explain(made[1], feature_map, METHODS[method])
    assert np.allclose(logits.numpy(), made(images())[:, 0].numpy(), atol=1e-6)
    assert np.abs(scaled(influence.numpy()) - arrays[f"{kind}/{method}"]).max() < 1e-5


def test_the_reference_holds_maps_of_zeros_and_others_and_both_classes(arrays: dict[str, NDArray[np.float32]]) -> None:
    highest = {kind: arrays[f"{kind}/grad-cam"].max(axis=(1, 2)) for kind in KINDS}
    assert highest["dead"].max() == 0
    assert highest["pooled"][4] == 0
    assert (highest["pooled"][:4] > 0.99).all()
    signs = {bool(sign) for kind in KINDS for sign in network(arrays, kind)(images())[:, 0] >= 0}
    assert signs == {True, False}


def test_the_methods_differ_where_the_gradient_does(arrays: dict[str, NDArray[np.float32]]) -> None:
    maps = [arrays[f"convolution/{method}"] for method in METHODS]
    assert all(np.abs(one - other).max() > 0.05 for at, one in enumerate(maps) for other in maps[:at])
