"""Cohen's kappa against published tables, and against scikit-learn."""

import random

import pytest
from sklearn.metrics import cohen_kappa_score

from foundation.statistics.agreement import Agreement, cohen
from foundation.statistics.shares import Z

LABELS = ("real", "ai_generated", "edited")


def found(pairs: list[tuple[str, str]]) -> Agreement:
    agreement = cohen(pairs)
    assert agreement is not None
    return agreement


def table(*rows: tuple[int, ...]) -> list[tuple[str, str]]:
    return [
        (one, other)
        for one, row in zip(LABELS, rows, strict=False)
        for other, count in zip(LABELS, row, strict=False)
        for _ in range(count)
    ]


def test_kappa_and_its_error_are_the_published_ones() -> None:
    """Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions" (2003), table 18.1, rounded there."""
    agreement = found(table((75, 1, 4), (5, 4, 1), (0, 0, 10)))
    assert agreement.kappa == pytest.approx(23 / 34)
    assert agreement.interval is not None
    low, high = agreement.interval
    assert (high - low) / (2 * Z) == pytest.approx(0.087, abs=1e-3)
    assert (agreement.share.hits, agreement.share.n, agreement.share.value) == (89, 100, 0.89)


def test_half_of_what_chance_leaves_is_two_fifths() -> None:
    assert found(table((20, 5), (10, 15))).kappa == pytest.approx(0.4)


def test_kappa_is_that_of_scikit_learn_when_somebody_has_labels_of_their_own() -> None:
    draw = random.Random(7)
    pairs = [(draw.choice(LABELS), draw.choice([*LABELS, "cannot_tell"])) for _ in range(200)]
    assert found(pairs).kappa == pytest.approx(cohen_kappa_score(*zip(*pairs, strict=True)))


def test_error_is_that_of_the_delta_method_taken_numerically() -> None:
    counts = {("a", "a"): 41, ("a", "b"): 7, ("b", "a"): 12, ("b", "b"): 30, ("c", "b"): 4, ("c", "c"): 9}
    n, step = sum(counts.values()), 1e-6

    def kappa(shares: dict[tuple[str, str], float]) -> float:
        labels = "abc"
        rows = {one: sum(shares.get((one, other), 0.0) for other in labels) for one in labels}
        columns = {one: sum(shares.get((other, one), 0.0) for other in labels) for one in labels}
        chance = sum(rows[one] * columns[one] for one in labels)
        return (sum(shares.get((one, one), 0.0) for one in labels) - chance) / (1 - chance)

    shares = {pair: count / n for pair, count in counts.items()}
    slopes = {pair: (kappa({**shares, pair: shares[pair] + step}) - kappa(shares)) / step for pair in shares}
    mean = sum(shares[pair] * slopes[pair] for pair in shares)
    spread = sum(shares[pair] * slopes[pair] ** 2 for pair in shares) - mean**2
    low, high = found([pair for pair, count in counts.items() for _ in range(count)]).interval or (0.0, 0.0)
    assert (high - low) / (2 * Z) == pytest.approx((spread / n) ** 0.5, rel=1e-4)


def test_interval_never_leaves_the_scale() -> None:
    agreement = found(table((1, 0), (1, 1)))
    assert agreement.interval is not None
    assert -1 <= agreement.interval[0] <= agreement.interval[1] <= 1


def test_full_agreement_claims_no_interval() -> None:
    agreement = found(table((3, 0), (0, 2)))
    assert (agreement.kappa, agreement.interval) == (1.0, None)
    assert agreement.share.low < 0.6


def test_one_answer_to_everything_has_no_kappa() -> None:
    agreement = found(table((9,)))
    assert (agreement.kappa, agreement.interval) == (None, None)
    assert agreement.share.hits == 9


def test_no_pairs_no_agreement() -> None:
    assert cohen([]) is None
