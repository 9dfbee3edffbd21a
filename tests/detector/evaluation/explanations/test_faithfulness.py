"""Insertion is high and deletion low for a map that knows what decides."""

import numpy as np
import pytest
import torch
from torch import Tensor

from detector.evaluation.explanations.candidates import gaussian
from detector.evaluation.explanations.faithfulness import STEPS, Shares, blurred, faithfulness
from tests.detector.evaluation.explanations.subjects_for_tests import SIZE, red_corners, subject

TRUE = np.zeros((SIZE, SIZE), dtype=np.float32)
TRUE[:12, :12] = 1.0


def score(images: Tensor) -> Shares:
    return 1 / (1 + np.exp(-subject().logits(images)))


def test_the_true_map_beats_its_opposite_and_noise() -> None:
    image = red_corners(1)[0]
    insertion, deletion = faithfulness(score, image, TRUE)
    noise = np.random.default_rng(0).random((SIZE, SIZE), dtype=np.float32)
    for other in (1 - TRUE, noise, gaussian(SIZE, SIZE)):
        worse_insertion, worse_deletion = faithfulness(score, image, other)
        assert insertion > worse_insertion
        assert deletion < worse_deletion


def test_areas_are_exact_for_a_score_that_counts_pixels() -> None:
    image = torch.ones(3, SIZE, SIZE)
    canvas = blurred(image)
    assert torch.allclose(canvas, image, atol=1e-6)

    def left(images: Tensor) -> Shares:
        return np.asarray(images[:, 0].mean(dim=(1, 2)).double().numpy())

    insertion, deletion = faithfulness(left, image, TRUE)
    assert insertion == pytest.approx(1.0, abs=1e-6)
    assert deletion == pytest.approx(0.5, abs=1 / STEPS**2)


def test_blurring_takes_the_detail_and_keeps_the_mean() -> None:
    image = torch.randn(3, 64, 64, generator=torch.Generator().manual_seed(0))
    smooth = blurred(image)
    assert float(smooth.std()) < 0.15 * float(image.std())
    assert smooth.mean(dim=(1, 2)).numpy() == pytest.approx(image.mean(dim=(1, 2)).numpy(), abs=0.02)
