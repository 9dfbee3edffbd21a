"""Folds: every image is judged once, by a model that saw neither it nor its copy, nor its source where asked."""

from collections import Counter
from pathlib import Path

import pytest

from detector.evaluation.folds import By, folds, with_shuffled_labels
from detector.training.packs import PackError, Sample


def samples(per_source: int = 4, sources: int = 5) -> list[Sample]:
    return [
        Sample(
            f"{label}{source}__{number}.jpg", f"{label}{source}", label, Path("p"), f"{label}{source}{number}".encode()
        )
        for label in (0, 1)
        for source in range(sources)
        for number in range(per_source)
    ]


@pytest.mark.parametrize("by", By)
def test_every_image_is_judged_once_and_never_trained_on_in_that_fold(by: By) -> None:
    given = samples()
    made = folds(given, by, 4)
    assert len(made) == (10 if by is By.EACH_SOURCE else 4)
    assert Counter(sample.name for fold in made for sample in fold.test) == Counter(sample.name for sample in given)
    for fold in made:
        assert len(fold.training) + len(fold.test) == len(given)
        assert not {sample.name for sample in fold.training} & {sample.name for sample in fold.test}
        assert {sample.label for sample in fold.training} == {0, 1}


def test_folds_of_images_have_the_classes_evenly() -> None:
    assert [Counter(sample.label for sample in fold.test) for fold in folds(samples(), By.IMAGES, 4)] == [
        {0: 5, 1: 5}
    ] * 4


@pytest.mark.parametrize("by", [By.SOURCES, By.EACH_SOURCE])
def test_sources_stay_whole(by: By) -> None:
    for fold in folds(samples(), by, 3):
        assert not {sample.source for sample in fold.training} & {sample.source for sample in fold.test}


def test_one_source_at_a_time_bears_its_name() -> None:
    made = folds(samples(sources=2), By.EACH_SOURCE)
    assert [(fold.name, {sample.source for sample in fold.test}) for fold in made] == [
        (name, {name}) for name in ("00", "01", "10", "11")
    ]


def test_a_copy_of_a_judged_image_is_not_trained_on() -> None:
    given = samples()
    copy = Sample("copy.jpg", "04", 0, Path("p"), given[0].data)
    for fold in folds([*given, copy], By.IMAGES, 4):
        names = {sample.name for sample in fold.test}
        if names & {"copy.jpg", given[0].name}:
            assert not {sample.name for sample in fold.training} & {"copy.jpg", given[0].name}


def test_the_same_seed_gives_the_same_folds_and_another_others() -> None:
    def names(seed: int) -> list[list[str]]:
        return [[sample.name for sample in fold.test] for fold in folds(samples(), By.IMAGES, 4, seed)]

    assert names(1) == names(1)
    assert names(1) != names(2)


@pytest.mark.parametrize(
    ("by", "given", "said"),
    [
        (By.IMAGES, samples(1, 3), "3 images of real images; these folds need at least 4"),
        (By.SOURCES, samples(9, 3), "3 sources of real images; these folds need at least 4"),
        (By.EACH_SOURCE, samples(9, 1), "1 sources of real images; these folds need at least 2"),
        (By.IMAGES, [sample for sample in samples() if sample.label == 0], "0 images of AI or edited"),
    ],
)
def test_too_little_for_the_folds_is_refused(by: By, given: list[Sample], said: str) -> None:
    with pytest.raises(PackError, match=said):
        folds(given, by, 4)


def test_shuffled_labels_keep_their_number_and_leave_the_images() -> None:
    given = samples(20)
    dealt = with_shuffled_labels(given, 1)
    assert sum(sample.label for sample in dealt) == 100
    assert [sample.name for sample in dealt] == [sample.name for sample in given]
    changed = sum(one.label != other.label for one, other in zip(given, dealt, strict=True))
    assert 70 <= changed <= 130
    assert dealt == with_shuffled_labels(given, 1)
