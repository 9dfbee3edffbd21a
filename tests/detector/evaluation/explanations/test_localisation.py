"""Pointing, overlap and pixel AUC, by hand."""

import numpy as np
import pytest

from detector.evaluation.explanations.localisation import Localisation, localisation

MASK = np.array([[True, True], [False, False]])


@pytest.mark.parametrize(
    ("influence", "expected"),
    [
        ([[3.0, 2.0], [1.0, 0.0]], Localisation(1.0, 1.0, 1.0)),
        ([[0.0, 1.0], [2.0, 3.0]], Localisation(0.0, 0.0, 0.0)),
        ([[3.0, 0.0], [2.0, 1.0]], Localisation(1.0, 1 / 3, 0.5)),
        ([[2.0, 0.0], [2.0, 0.0]], Localisation(0.5, 1 / 3, 0.5)),
    ],
)
def test_figures_by_hand(influence: list[list[float]], expected: Localisation) -> None:
    assert localisation(np.array(influence, dtype=np.float32), MASK) == expected


def test_a_map_without_contrast_is_worth_chance() -> None:
    mask = np.zeros((4, 4), dtype=bool)
    mask[0] = True
    found = localisation(np.zeros((4, 4), dtype=np.float32), mask)
    assert (found.pointing, found.auc) == (0.25, 0.5)
    assert found.iou == pytest.approx(1 / 7)


@pytest.mark.parametrize("fill", [True, False])
def test_a_mask_needs_both_kinds_of_pixels(fill: bool) -> None:
    with pytest.raises(ValueError, match="both edited and untouched"):
        localisation(np.ones((2, 2), dtype=np.float32), np.full((2, 2), fill))
