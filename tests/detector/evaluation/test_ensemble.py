"""Several models as one: the mean of their log-odds, and its row beside the best of them."""

import numpy as np
import pytest

from detector.bundles import Calibration
from detector.evaluation.ensemble import log_odds, pooled, row

LABELS = np.array([0, 0, 1, 1])
FIRST = np.array([-3.0, 1.0, 2.0, 1.0])
SECOND = np.array([-1.0, -2.0, -1.0, 3.0])


def test_log_odds_are_the_calibrated_logits() -> None:
    odds = log_odds(np.array([-4.0, 1.0, 900.0, -900.0]), Calibration("platt", 2.0, 1.0))
    assert odds[:2] == pytest.approx([-2.5, 0.0])
    assert np.isfinite(odds).all()
    assert odds[2] == pytest.approx(-odds[3], abs=1e-3)


def test_pooling_means_the_log_odds() -> None:
    assert pooled([FIRST]) == pytest.approx(1 / (1 + np.exp(-FIRST)))
    assert pooled([FIRST, SECOND]) == pytest.approx(1 / (1 + np.exp(-np.array([-2.0, -0.5, 0.5, 2.0]))))
    assert pooled([FIRST, SECOND], [1, 0]) == pytest.approx(pooled([FIRST]))
    assert pooled([FIRST, SECOND], [3, 1]) == pytest.approx(pooled([FIRST, FIRST, FIRST, SECOND]))


@pytest.mark.parametrize("weights", [[1.0], [0.0, 0.0], [2.0, -1.0], [np.nan, 1.0]])
def test_weights_that_mean_nothing_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="2 members need as many weights"):
        pooled([FIRST, SECOND], weights)


def test_two_members_with_different_errors_are_better_together() -> None:
    made = row({"first": FIRST, "second": SECOND}, LABELS)
    assert made.members == {"first": 0.75, "second": 0.75}
    assert (made.n, made.ensemble, made.best, made.beaten) == (4, 1.0, "first", True)
    assert (made.against_best.mcnemar.only_a, made.against_best.mcnemar.only_b) == (0, 1)


def test_an_ensemble_with_a_poor_member_is_said_not_to_be_better() -> None:
    made = row({"poor": -9 * SECOND, "good": SECOND + np.array([0, 0, 2, 0])}, LABELS)
    assert (made.members["good"], made.best, made.beaten) == (1.0, "good", False)
    assert made.ensemble < 1.0
