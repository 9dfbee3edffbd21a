"""Waiting by LISTEN and NOTIFY: woken when the news is committed, by nothing else, and never for ever."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction

from foundation import notifications
from foundation.notifications import Listener, notify, parameters
from tests.stack import until

LISTENER = "assay-listener"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _soon_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifications, "IDLE", 0.2)


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener(places=4)
    yield made
    until(lambda: made.thread is None, "the listener ended, for nobody waits")


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


class Fact:
    """Something that becomes true, and how often it was asked."""

    def __init__(self) -> None:
        self.true = False
        self.asked = 0

    def __call__(self) -> bool:
        self.asked += 1
        return self.true


def timed(work: Callable[[], bool]) -> tuple[bool, float]:
    started = time.monotonic()
    return work(), time.monotonic() - started


def waiting(
    pool: ThreadPoolExecutor, listener: Listener, fact: Fact, name: str = "sub_1", seconds: float = 20
) -> "Future[tuple[bool, float]]":
    """Have a thread wait, and return once it does."""
    future = pool.submit(timed, lambda: listener.wait(name, seconds, fact))
    until(lambda: fact.asked > 0 and listener.listening.is_set(), "the thread waits")
    time.sleep(0.1)
    return future


def test_waiter_is_woken_by_the_commit_and_asks_twice_in_all(listener: Listener, pool: ThreadPoolExecutor) -> None:
    fact = Fact()
    future = waiting(pool, listener, fact)

    before = fact.asked
    fact.true = True
    notify("sub_1")

    waited, seconds = future.result(10)
    assert waited is True
    assert seconds < 5
    assert fact.asked == before + 1


def test_notice_of_a_transaction_that_is_rolled_back_wakes_nobody(listener: Listener, pool: ThreadPoolExecutor) -> None:
    fact = Fact()
    future = waiting(pool, listener, fact, seconds=1.5)
    before = fact.asked

    with transaction.atomic():
        notify("sub_1")
        transaction.set_rollback(True)

    assert future.result(10)[1] >= 1.4
    assert fact.asked == before + 1


def test_news_of_another_object_wakes_nobody(listener: Listener, pool: ThreadPoolExecutor) -> None:
    fact = Fact()
    future = waiting(pool, listener, fact, seconds=1.5)
    before = fact.asked

    notify("sub_2")
    notify("sub_11")

    future.result(10)
    assert fact.asked == before + 1


def test_everybody_who_waits_for_an_object_is_woken(listener: Listener, pool: ThreadPoolExecutor) -> None:
    facts = [Fact() for _ in range(3)]
    futures = [waiting(pool, listener, fact) for fact in facts]

    for fact in facts:
        fact.true = True
    notify("sub_1")

    assert all(future.result(10)[1] < 5 for future in futures)


def test_what_holds_already_is_not_waited_for(listener: Listener) -> None:
    fact = Fact()
    fact.true = True

    waited, seconds = timed(lambda: listener.wait("sub_1", 20, fact))

    assert (waited, fact.asked) == (True, 1)
    assert seconds < 2


def test_wait_ends_when_its_time_is_over(listener: Listener) -> None:
    waited, seconds = timed(lambda: listener.wait("sub_1", 0.3, Fact()))

    assert waited is True
    assert 0.3 <= seconds < 3


def test_no_more_wait_than_there_are_places(listener: Listener, pool: ThreadPoolExecutor) -> None:
    facts = [Fact() for _ in range(4)]
    futures = [waiting(pool, listener, fact) for fact in facts]

    late = Fact()
    waited, seconds = timed(lambda: listener.wait("sub_1", 20, late))

    assert (waited, late.asked) == (False, 0)
    assert seconds < 1
    for fact in facts:
        fact.true = True
    notify("sub_1")
    assert all(future.result(10)[0] for future in futures)
    assert listener.wait("sub_1", 0, late) is True


def test_place_is_free_again_after_a_condition_that_raises(listener: Listener) -> None:
    def fail() -> bool:
        raise ZeroDivisionError

    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            listener.wait("sub_1", 5, fail)
    assert listener.waiting == {}


def backends(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [name])
        return int(cursor.fetchone()[0])


def test_process_has_one_listening_connection_while_somebody_waits_and_none_afterwards(
    listener: Listener, pool: ThreadPoolExecutor
) -> None:
    facts = [Fact() for _ in range(4)]
    futures = [waiting(pool, listener, fact, f"sub_{number}") for number, fact in enumerate(facts)]

    assert backends(LISTENER) == 1
    for number, fact in enumerate(facts):
        fact.true = True
        notify(f"sub_{number}")
    for future in futures:
        future.result(10)
    until(lambda: backends(LISTENER) == 0, "the connection is closed")


def test_waiter_looks_again_after_the_connection_was_lost(listener: Listener, pool: ThreadPoolExecutor) -> None:
    fact = Fact()
    future = waiting(pool, listener, fact)

    fact.true = True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'assay-listener'"
        )

    assert future.result(10)[1] < 8


def test_database_that_cannot_be_listened_to_costs_the_time_and_no_more(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "parameters", lambda: {"conninfo": "postgres://nobody@127.0.0.1:1/none"})

    waited, seconds = timed(lambda: listener.wait("sub_1", 1, Fact()))

    assert waited is True
    assert 1 <= seconds < 5


def test_thread_that_waits_holds_no_connection(listener: Listener, pool: ThreadPoolExecutor) -> None:
    held: list[Any] = []

    def ask_the_database() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        held.append(connections["default"])
        return len(held) > 1

    def ask_and_close() -> None:
        listener.wait("sub_1", 20, ask_the_database)
        connection.close()

    future = pool.submit(ask_and_close)
    until(lambda: bool(held) and held[0].connection is None, "the thread waits without a connection")
    notify("sub_1")
    future.result(10)

    assert len(held) == 2


def test_pooler_is_passed_by_where_an_address_is_given(settings: Any) -> None:
    settings.DIRECT_DATABASE_URL = "postgres://somewhere/else"
    assert parameters() == {"conninfo": "postgres://somewhere/else"}

    settings.DIRECT_DATABASE_URL = ""
    with psycopg.connect(**parameters()) as direct:
        assert direct.info.dbname == connection.settings_dict["NAME"]


def test_listener_starts_again_for_who_comes_later(listener: Listener, pool: ThreadPoolExecutor) -> None:
    listener.wait("sub_1", 0, Fact())
    until(lambda: listener.thread is None, "the listener ended")
    fact = Fact()
    future = waiting(pool, listener, fact)

    fact.true = True
    notify("sub_1")

    assert future.result(10)[1] < 5
