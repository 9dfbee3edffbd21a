"""Errors at shares answered, by hand."""

import numpy as np
import pytest

from detector.evaluation.abstention import SHARES, answered_by_thresholds, error_by_share

PROBABILITIES = np.array([0.01, 0.02, 0.97, 0.98, 0.6, 0.4, 0.55, 0.45, 0.7, 0.3])
LABELS = np.array([0, 0, 1, 1, 0, 1, 0, 1, 1, 0])


def test_errors_fall_as_the_unsure_ones_are_left_out() -> None:
    rows = {row.share: row for row in error_by_share(PROBABILITIES, LABELS)}
    assert set(rows) == set(SHARES)
    assert (rows[1.0].n, rows[1.0].error) == (10, 0.4)
    assert (rows[0.8].n, rows[0.8].error) == (8, 0.25)
    assert (rows[0.6].n, rows[0.6].error) == (6, 0.0)
    assert rows[1.0].interval == pytest.approx((0.1682, 0.6873), abs=1e-4)


def test_the_thresholds_answer_what_lies_outside_their_band() -> None:
    row = answered_by_thresholds(PROBABILITIES, LABELS, 0.42, 0.65)
    assert row is not None
    assert (row.n, row.share, row.error) == (7, 0.7, pytest.approx(1 / 7))


def test_a_band_that_holds_all_answers_nothing() -> None:
    assert answered_by_thresholds(np.array([0.5, 0.5]), np.array([0, 1]), 0.4, 0.6) is None


def test_one_image_is_answered_at_every_share() -> None:
    assert {row.n for row in error_by_share(np.array([0.9]), np.array([1]))} == {1}
