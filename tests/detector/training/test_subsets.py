"""Stated fractions of a data set."""

from pathlib import Path

import pytest

from detector.training.packs import Sample
from detector.training.recipes import RECIPES, RecipeError, named
from detector.training.subsets import limited, without_copies


def samples(count: int) -> list[Sample]:
    return [Sample(f"a__{at}.png", "a", at % 2, Path(f"a__{at}.png")) for at in range(count)]


def test_no_limit_keeps_everything() -> None:
    assert limited(samples(7), None) == samples(7)


def test_a_limit_holds_for_each_class_and_keeps_the_order() -> None:
    chosen = limited(samples(40), 5)
    assert [sum(sample.label == label for sample in chosen) for label in (0, 1)] == [5, 5]
    assert chosen == [sample for sample in samples(40) if sample in chosen]


def test_a_larger_limit_holds_what_a_smaller_one_does() -> None:
    assert set(limited(samples(40), 3)) < set(limited(samples(40), 6))


def test_a_limit_above_the_size_keeps_everything() -> None:
    assert limited(samples(6), 100) == samples(6)


def test_other_samples_do_not_change_who_is_chosen_among_equals() -> None:
    assert limited(samples(40), 5) == limited(list(reversed(samples(40))), 5)[::-1]


def test_what_stands_among_the_others_byte_for_byte_is_left_out() -> None:
    copies, others = (
        [Sample(f"{name}{at}.png", "a", 1, Path("a.tar"), bytes([at])) for at in numbers]
        for name, numbers in (("copy", (1, 2, 3, 2)), ("other", (2, 9)))
    )
    assert [sample.name for sample in without_copies(copies, others)] == ["copy1.png", "copy3.png"]


def test_an_unknown_recipe_names_the_known_ones() -> None:
    with pytest.raises(RecipeError, match="plain-general"):
        named("secret")


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_can_say_its_input(name: str) -> None:
    spec = named(name).input_spec()
    assert 8 <= spec.size <= 1024
    assert (spec.face_margin is not None) == (named(name).role == "face")
