"""What the explorer's bench says of itself."""

import random
from datetime import UTC, datetime

from bench import explore
from bench.explore import Figure


def test_half_of_all_belongs_to_one_client_and_every_client_has_some() -> None:
    clients = [explore._client(at) for at in range(2**20)]

    assert clients.count("cli_00") == 2**19
    assert len(set(clients)) == explore.CLIENTS


def test_rows_are_the_same_each_time_and_in_order() -> None:
    when = datetime(2026, 11, 21, tzinfo=UTC)

    first, again = ([explore._submission(at, when, random.Random(0)) for at in (1, 2)] for _ in range(2))

    assert first == again
    assert first[0][0] < first[1][0]
    assert len(first[0]) == len(explore.COLUMNS.split(","))


def test_part_names_the_slowest_page() -> None:
    said = explore.lines([Figure("first page, newest", 1.0, 2.0, 50), Figure("filter q=a", 3.0, 40.25, 7)], 1000)

    assert said[0] == "## Explorer"
    assert "Goal: p95 under 100 ms. The slowest: filter q=a, 40.2 ms." in said
    assert said[-1] == "| filter q=a | 3.0 | 40.2 | 7 |"
