"""Identifiers: a prefix, 26 characters, and the order of time."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from foundation import ids
from moderation.intake.models import Submission, Work
from tests.factories import SubmissionFactory, WorkFactory


def test_identifier_is_its_prefix_and_26_lowercase_characters_of_crockford() -> None:
    made = ids.new_id("sub")

    prefix, _, rest = made.partition("_")
    assert (prefix, len(rest)) == ("sub", 26)
    assert set(rest) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_number_is_a_uuid_of_version_7_with_the_time_in_front() -> None:
    before = time.time_ns() // 1_000_000
    number = ids.uuid7()
    after = time.time_ns() // 1_000_000

    assert number < 1 << 128
    assert (number >> 76) & 0xF == 7
    assert (number >> 62) & 0b11 == 0b10
    assert before <= number >> 80 <= after + 1


def test_identifiers_rise_from_call_to_call_also_within_a_millisecond() -> None:
    made = [ids.new_id("fnd") for _ in range(20_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


@pytest.mark.parametrize(("back", "rises"), [(0, True), (9, True), (11, False)])
def test_identifiers_rise_when_time_is_set_back_a_little(time_machine: Any, back: int, rises: bool) -> None:
    clock = ids.Clock()
    time_machine.move_to(1_800_000_000, tick=False)
    first = clock.tick()

    time_machine.move_to(1_800_000_000 - back, tick=False)

    assert (clock.tick() > first) is rises


def test_earliest_identifier_of_a_moment_parts_what_was_made_before_from_what_came_since(time_machine: Any) -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    time_machine.move_to(noon - timedelta(milliseconds=1), tick=False)
    before = ids.new_id("sub")
    time_machine.move_to(noon, tick=False)

    assert before < ids.earliest("sub", noon) <= ids.new_id("sub")


def test_threads_never_get_the_same_identifier() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: ids.new_id("fnd"), range(4000)))

    assert len(set(made)) == 4000


@pytest.mark.django_db
def test_identifier_with_a_nul_finds_nothing_in_place_of_failing() -> None:
    WorkFactory.create(submission=SubmissionFactory.create())

    assert not Submission.objects.filter(pk="sub_\x00").exists()
    assert not Work.objects.filter(submission="\x00").exists()
    assert Submission.objects.filter(pk__gt="a\x00").count() == 1
