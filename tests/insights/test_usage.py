"""A client's usage: what is counted, by which day, and whose."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from moderation.clients.models import Client
from moderation.insights import usage
from moderation.insights.usage import Day
from moderation.intake.models import State
from tests.factories import ClientFactory, SubmissionFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def client_() -> Client:
    return ClientFactory.create()


def submitted(client: Client, ago: timedelta = timedelta(0), state: State = State.ANALYSED) -> None:
    SubmissionFactory.create(client=client, created_at=NOW - ago, state=state)


@time_machine.travel(NOW, tick=False)
def test_day_counts_what_was_accepted_what_failed_and_what_waits(client_: Client) -> None:
    for state in (State.ANALYSED, State.FAILED, State.QUEUED, State.ANALYSING):
        submitted(client_, state=state)

    found = usage.of(client_)

    assert found.days[0] == Day(NOW.date(), accepted=4, failed=1, waiting=2)
    assert (found.accepted, found.failed, found.waiting, found.most) == (4, 1, 2, 4)


@time_machine.travel(NOW, tick=False)
def test_days_end_at_midnight_utc_and_none_is_missing(client_: Client) -> None:
    submitted(client_, timedelta(hours=9))
    submitted(client_, timedelta(hours=9, seconds=1))

    days = usage.of(client_).days

    assert len(days) == 30
    assert [day.accepted for day in days[:3]] == [1, 1, 0]
    assert [day.date for day in days] == [NOW.date() - timedelta(days=back) for back in range(30)]


@time_machine.travel(NOW, tick=False)
def test_what_is_older_and_what_is_anothers_is_left_out(client_: Client) -> None:
    submitted(client_, timedelta(days=30))
    submitted(ClientFactory.create())

    assert usage.of(client_).accepted == 0
