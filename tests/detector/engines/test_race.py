"""Runs are timed in turn, within a budget."""

import time
from collections.abc import Callable

import pytest

from detector.engines.race import ROUNDS, medians


def noted(log: list[str], name: str, seconds: list[float]) -> Callable[[], None]:
    def run() -> None:
        log.append(name)
        time.sleep(seconds[min(log.count(name), len(seconds)) - 1])

    return run


def test_each_run_is_timed_in_turn_and_its_first_time_is_not_counted() -> None:
    log: list[str] = []
    found = medians({"a": noted(log, "a", [0.05, 0.001]), "b": noted(log, "b", [0.001, 0.01])}, budget=10)
    assert log == ["a", "b"] * (1 + ROUNDS)
    assert found["a"] < 0.009 < found["b"] < 0.05


def test_no_round_begins_after_the_budget() -> None:
    log: list[str] = []
    medians({"a": noted(log, "a", [0.02]), "b": noted(log, "b", [0.02])}, budget=0.03)
    assert log == ["a", "b"] * 2


def test_a_run_that_outlasts_the_budget_is_made_once() -> None:
    log: list[str] = []
    found = medians({"slow": noted(log, "slow", [0.1]), "quick": noted(log, "quick", [0.0])}, budget=0.05)
    assert log.count("slow") == 1
    assert log.count("quick") > 1
    assert found["slow"] == pytest.approx(0.1, rel=0.5)
    assert found["quick"] < 0.05
