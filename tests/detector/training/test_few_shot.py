"""Learning from few images, tested on images of none of them."""

import dataclasses
from pathlib import Path

import pytest

from detector.training.few_shot import Subset, drawn, few_shot
from detector.training.packs import PackError, Sample, read_packs
from detector.training.recipes import named
from tests.detector.training.packs_for_tests import make_pack

TINY = dataclasses.replace(named("few-shot"), architecture="thumbnail(8,8,8)", epochs=4, batch=8)


def samples(count: int, repeats: int = 0) -> list[Sample]:
    """`count` different images, classes in turn, and copies of the first one under other names."""
    contents = [bytes([at]) for at in range(count)] + [b"\0"] * repeats
    return [Sample(f"a__{at}.png", "a", at % 2, Path("a.tar"), content) for at, content in enumerate(contents)]


def test_subsets_are_disjoint_and_balanced() -> None:
    parts = drawn(samples(60), 5, 3)
    assert [[sample.label for sample in part].count(1) for part in parts] == [5, 5, 5]
    assert len({sample.name for part in parts for sample in part}) == 30


def test_neither_order_nor_a_larger_size_changes_who_comes_first() -> None:
    (part,) = drawn(samples(60), 5, 1)
    assert drawn(list(reversed(samples(60))), 5, 1) == [part]
    assert {sample.name for sample in part} < {sample.name for sample in drawn(samples(60), 9, 1)[0]}


def test_of_copies_one_alone_is_drawn() -> None:
    repeated = [dataclasses.replace(sample, label=int(at > 0)) for at, sample in enumerate(samples(1, repeats=9))]
    with pytest.raises(PackError, match="2 different images of each class are needed; one class has 1"):
        drawn(repeated, 2, 1)


def test_it_learns_what_two_colours_are_and_tests_no_copy(tmp_path: Path) -> None:
    training = read_packs([make_pack(tmp_path / "train", 8)])
    test = read_packs([make_pack(tmp_path / "test", 16)])
    heard: list[Subset] = []
    made = few_shot(TINY, training, test, 16, 1, heard.append)
    assert made.subsets == heard
    (subset,) = made.subsets
    assert (subset.number, subset.images, subset.tested) == (0, 32, 32)
    assert made.mean == subset.accuracy == 1.0
    assert (subset.real, subset.not_real, made.deviation) == (1.0, 1.0, 0.0)
    assert subset.interval[0] == pytest.approx(0.8928, abs=1e-4)


def test_the_same_run_again_gives_the_same_figures(tmp_path: Path) -> None:
    training = read_packs([make_pack(tmp_path / "train", 4)])
    test = read_packs([make_pack(tmp_path / "test", 8)])
    once = dataclasses.replace(TINY, epochs=1)
    first, second = (few_shot(once, training, test, 4, 2) for _ in range(2))
    assert [one.accuracy for one in first.subsets] == [one.accuracy for one in second.subsets]
    assert first.mean == pytest.approx(sum(one.accuracy for one in first.subsets) / 2)
