"""Shuffled weights change what a network says, and maps are compared by their ranks."""

import numpy as np
import pytest
import torch
from torch import nn

from detector.bundles import Bundle
from detector.evaluation.explanations.candidates import subject_of
from detector.evaluation.explanations.sanity import STAGES, correlations, mean_rank_correlation, randomised
from tests.detector.evaluation.explanations.subjects_for_tests import red_corners, subject

RAMP = np.arange(9, dtype=np.float32).reshape(1, 3, 3)
FLAT = np.zeros((1, 3, 3), dtype=np.float32)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(RAMP, RAMP**3, 1.0), (RAMP, -RAMP, -1.0), (RAMP, FLAT, 0.0), (FLAT, FLAT, 1.0)],
)
def test_rank_correlation(before: np.ndarray, after: np.ndarray, expected: float) -> None:
    assert mean_rank_correlation(before, after) == pytest.approx(expected)


def test_equal_values_share_a_rank() -> None:
    one = np.array([[[0.0, 0.0, 1.0, 2.0]]], dtype=np.float32)
    other = np.array([[[0.0, 1.0, 2.0, 3.0]]], dtype=np.float32)
    assert mean_rank_correlation(one, other) == pytest.approx(0.9486833)


def test_shuffling_takes_the_weights_and_leaves_the_subject() -> None:
    whole = subject()
    before = {name: tensor.clone() for name, tensor in whole.trunk.state_dict().items()}
    changed = randomised(whole, 1.0, red_corners(2), seed=0)
    assert all(torch.equal(before[name], tensor) for name, tensor in whole.trunk.state_dict().items())
    (old,), (new,) = whole.trunk.parameters(), changed.trunk.parameters()
    assert not torch.equal(old, new)
    assert torch.equal(old.flatten().sort().values, new.flatten().sort().values)


def test_the_first_stage_leaves_the_trunk() -> None:
    changed = randomised(subject(), 0.0, red_corners(2), seed=0)
    (old,), (new,) = subject().trunk.parameters(), changed.trunk.parameters()
    assert torch.equal(old, new)


def test_running_statistics_are_taken_anew(general: Bundle) -> None:
    images = torch.randn(4, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    whole = subject_of(general)
    changed = randomised(whole, 1.0, images, seed=0)
    norms = [layer for layer in changed.trunk.modules() if isinstance(layer, nn.BatchNorm2d)]
    old = [layer for layer in whole.trunk.modules() if isinstance(layer, nn.BatchNorm2d)]
    assert not any(norm.training for norm in norms)
    for new, was in zip(norms, old, strict=True):
        assert not torch.equal(new.get_buffer("running_var"), was.get_buffer("running_var"))
    assert bool(torch.isfinite(torch.from_numpy(changed.logits(images))).all())


def test_every_stage_and_method_has_its_correlation(general: Bundle) -> None:
    images = torch.randn(3, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    found = correlations(subject_of(general), images, np.ones(3), seed=0)
    assert list(found) == list(STAGES)
    assert set(found["all"]) == {"grad-cam", "hirescam", "grad-cam++", "layercam"}
    assert all(-1 <= value <= 1 for stage in found.values() for value in stage.values())
