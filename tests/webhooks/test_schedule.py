from datetime import UTC, datetime, timedelta

import pytest

from moderation.webhooks import schedule

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SECONDS = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]


@pytest.mark.parametrize(("attempts", "planned"), list(enumerate(SECONDS, start=1)))
def test_each_wait_is_the_planned_one_and_up_to_a_tenth_more(attempts: int, planned: int) -> None:
    waits = [schedule.delay(attempts, None) for _ in range(200)]
    seconds = [wait.total_seconds() for wait in waits if wait]
    assert len(seconds) == 200
    assert planned <= min(seconds) < max(seconds) <= planned * 1.1


def test_waits_are_spread_so_that_they_do_not_come_back_together() -> None:
    assert len({schedule.delay(2, None) for _ in range(50)}) > 40


@pytest.mark.parametrize("attempts", [10, 11, 99])
def test_after_nine_retries_it_is_over(attempts: int) -> None:
    assert schedule.delay(attempts, None) is None
    assert schedule.delay(attempts, timedelta(hours=1)) is None


def test_a_longer_wait_that_was_asked_for_is_kept() -> None:
    assert schedule.delay(1, timedelta(minutes=7)) == timedelta(minutes=7)


def test_a_shorter_wait_than_planned_is_not() -> None:
    wait = schedule.delay(2, timedelta(seconds=1))
    assert wait is not None
    assert wait >= timedelta(minutes=5)


def test_nobody_is_made_to_wait_longer_than_a_day() -> None:
    assert schedule.delay(1, timedelta(days=30)) == timedelta(hours=24)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("Sat, 21 Nov 2026 09:02:00 GMT", 120),
        ("Sat, 21 Nov 2026 09:02:00", 120),
        ("Sat, 21 Nov 2026 08:00:00 GMT", 0),
    ],
)
def test_retry_after_is_read_in_seconds_or_as_a_date(header: str, seconds: int) -> None:
    assert schedule.retry_after(header, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("header", [None, "", "soon", "-5", "1.5", "٣", "Sat, 99 Nov 2026 09:02:00 GMT", "\x00"])
def test_retry_after_that_says_nothing_usable_is_none(header: str | None) -> None:
    assert schedule.retry_after(header, NOW) is None


def test_an_absurd_retry_after_is_a_long_wait_and_no_error() -> None:
    wait = schedule.retry_after("9" * 10_000, NOW)
    assert wait is not None
    assert schedule.delay(1, wait) == timedelta(hours=24)
