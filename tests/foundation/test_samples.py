"""A sample is the same whoever draws it, as large as it is said to be, and independent of other samples."""

from foundation.samples import drawn

NAMES = [f"sub_{number}" for number in range(10_000)]


def sample(purpose: str, share: float) -> set[str]:
    return {name for name in NAMES if drawn(purpose, name, share)}


def test_none_and_all_are_drawn_at_the_ends() -> None:
    assert sample("audit", 0.0) == set()
    assert sample("audit", 1.0) == set(NAMES)


def test_sample_has_its_stated_size() -> None:
    assert 450 < len(sample("audit", 0.05)) < 550


def test_smaller_sample_is_a_part_of_a_larger_one() -> None:
    assert sample("audit", 0.01) < sample("audit", 0.05)


def test_samples_for_two_purposes_overlap_as_chance_has_it() -> None:
    both = sample("audit", 0.1) & sample("second review", 0.1)
    assert 60 < len(both) < 140


def test_draw_is_the_same_for_ever() -> None:
    assert drawn("audit", "sub_1", 0.198)
    assert not drawn("audit", "sub_1", 0.197)
