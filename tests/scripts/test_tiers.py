import pytest

from scripts import tiers


def test_the_tiers_leave_no_test_out_and_run_none_twice() -> None:
    def chosen(expression: str, marks: set[str]) -> bool:
        names = {name: name in marks for name in ("integration", "browser", "faults", "slow")}
        return bool(eval(expression, {"__builtins__": {}}, names))

    combinations = [
        {name for bit, name in enumerate(("integration", "browser", "faults", "slow")) if number >> bit & 1}
        for number in range(16)
    ]
    for marks in combinations:
        assert sum(chosen(expression, marks) for expression in tiers.TIERS.values()) == 1, marks


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], (2, [])),
        (["--jobs", "4"], (4, [])),
        (["--jobs", "1", "tests/detector", "-k", "map"], (1, ["tests/detector", "-k", "map"])),
        (["tests/detector"], (2, ["tests/detector"])),
    ],
)
def test_the_arguments_after_the_jobs_are_pytests(arguments: list[str], expected: tuple[int, list[str]]) -> None:
    assert tiers.split(arguments) == expected


@pytest.mark.parametrize(
    ("code", "extra", "expected"),
    [
        (0, [], "passed"),
        (1, [], "failed"),
        (2, ["tests/detector"], "failed"),
        (5, [], "failed"),
        (5, ["tests/detector"], "none"),
    ],
)
def test_a_tier_without_tests_fails_unless_some_were_chosen(code: int, extra: list[str], expected: str) -> None:
    assert tiers.verdict(code, extra) == expected
