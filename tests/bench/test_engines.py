"""What `make bench` says of the engines follows from what was timed."""

import time
from collections.abc import Sequence

import pytest
import torch

from bench.engine_process import LARGE
from bench.engines import Process, Row, cell, goals, lines, processes, row_of


class Scripted(Process):
    """Answers what a test wrote down, and notes what it was asked."""

    def __init__(self, answers: Sequence[float], pause: float = 0.0) -> None:
        self.answers, self.pause, self.asked = list(answers), pause, list[tuple[str, int]]()

    def seconds(self, bundle: str, batch: int) -> dict[str, float]:
        time.sleep(self.pause)
        self.asked.append((bundle, batch))
        found = self.answers[min(len(self.asked), len(self.answers)) - 1]
        return {"alone": found, "maps": 2 * found, "processor": 3 * found}


def test_rates_are_medians_and_ratios_are_paired_by_round() -> None:
    rounds = [
        {name: {"alone": alone, "maps": 2 * alone, "processor": 4 * alone} for name, alone in pair.items()}
        for pair in ({"eager": 4.0, "torch": 1.0}, {"eager": 6.0, "torch": 3.0}, {"eager": 40.0, "torch": 2.0})
    ]
    row = row_of("face", "torch", 8, rounds)
    assert (row.alone, row.maps, row.processor_ms) == (4.0, 2.0, 1000.0)
    assert (row.times_eager, row.times_less) == (4.0, 4.0)


def test_the_first_round_is_not_counted() -> None:
    running = {"eager": Scripted([9.0, 2.0]), "torch": Scripted([9.0, 1.0])}
    eager, torch_row = cell(running, "face", 8, share=10)  # type: ignore[arg-type]
    assert (eager.alone, torch_row.alone) == (4.0, 8.0)
    assert torch_row.times_eager == 2.0
    assert running["torch"].asked == [("face", 8)] * 6


def test_a_round_that_takes_all_of_the_time_is_the_only_one() -> None:
    slow = Scripted([9.0, 1.0], pause=0.05)
    (row,) = cell({"eager": slow}, "face", 9, share=0.01)
    assert row.alone == 1.0
    assert len(slow.asked) == 1


def rows(times: float) -> list[Row]:
    made = [Row(LARGE, "eager", batch, 10, 9, 100, 1.0, 1.0) for batch in (1, 8, 32)]
    return made + [Row(LARGE, "torch", batch, 10 * times, 9, 50, times, 2.0) for batch in (1, 8, 32)]


def test_the_goal_is_told_with_the_engine_that_was_the_fastest() -> None:
    told = goals([*rows(1.5), *(Row(LARGE, "onnxruntime", batch, 25, 9, 40, 2.5, 2.75) for batch in (1, 8, 32))])
    assert told[0].count("2.50 by the clock, 2.75 by processor time (onnxruntime, batch ") == 3


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_a_gpu_its_batching_is_skipped_with_a_word() -> None:
    assert lines(rows(1.5))[-1] == "There is no CUDA device here: what batching gains on one was not measured."


def test_an_engine_answers_from_a_process_of_its_own() -> None:
    with processes(["onnxruntime"]) as running:
        found = running["onnxruntime"].seconds("cifake", 2)
    assert set(found) == {"alone", "maps", "processor"}
    assert all(value > 0 for value in found.values())
