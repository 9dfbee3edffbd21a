"""Nudges: they reach the broker when it is there, and cost their sender nothing when it is not."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from celery import Celery, current_app

from foundation import broker
from foundation.embedded import client_url

SOON = 5.0


@pytest.fixture(autouse=True)
def sender(monkeypatch: pytest.MonkeyPatch) -> broker.Sender:
    """A sender of this test's own; its thread ends with the process."""
    fresh = broker.Sender()
    monkeypatch.setattr(broker, "_sender", fresh)
    return fresh


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A broker that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as deaf:
        app = Celery("deaf", broker=f"redis://127.0.0.1:{deaf.getsockname()[1]}/0", set_as_current=False)
        app.conf.broker_transport_options = {"socket_timeout": 1, "socket_connect_timeout": 1}
        monkeypatch.setattr(broker, "current_app", app)
        yield


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setattr(
        broker, "current_app", Celery("absent", broker=f"redis://127.0.0.1:{port}/0", set_as_current=False)
    )


def seconds(times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        broker.nudge("tests.absent", queue_name="tests")
    return time.perf_counter() - started


def waits_until(condition: Any) -> bool:
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_nudge_lies_in_its_queue_soon() -> None:
    name = f"nudged-{os.getpid()}-{time.time_ns()}"

    broker.nudge("tests.absent", queue_name=name)

    url = str(current_app.conf.broker_url)
    with redis.Redis.from_url(client_url(url)) as client:
        assert waits_until(lambda: client.llen(name) == 1)
        client.delete(name)


def test_many_nudges_to_an_absent_broker_neither_raise_nor_wait(absent: None) -> None:
    assert seconds(500) < 0.5


def test_many_nudges_to_a_deaf_broker_neither_raise_nor_wait(unreachable: None) -> None:
    assert seconds(500) < 0.5


def test_sender_goes_on_after_a_nudge_that_was_lost(absent: None, sender: broker.Sender) -> None:
    broker.nudge("tests.absent", queue_name="tests")

    assert waits_until(lambda: not sender.waiting)
    assert sender.thread is not None
    assert sender.thread.is_alive()


def test_nudges_that_wait_for_the_same_task_are_one(unreachable: None, sender: broker.Sender) -> None:
    broker.nudge("tests.first", queue_name="tests")
    assert waits_until(lambda: not sender.waiting)

    for _ in range(50):
        broker.nudge("tests.absent", queue_name="tests")
        broker.nudge("tests.absent", queue_name="others")

    assert list(sender.waiting) == [("tests.absent", "tests"), ("tests.absent", "others")]


def test_a_burst_of_nudges_is_few_messages_and_the_last_one_is_sent_too(sender: broker.Sender) -> None:
    name = f"burst-{os.getpid()}-{time.time_ns()}"
    started = time.monotonic()
    while time.monotonic() - started < 0.5:
        broker.nudge("tests.absent", queue_name=name)
    ended = time.monotonic()

    with redis.Redis.from_url(client_url(str(current_app.conf.broker_url))) as client:
        assert waits_until(lambda: not sender.waiting)
        assert sender.sent["tests.absent", name] >= ended - broker.PACE
        assert waits_until(lambda: client.llen(name) >= 2)
        assert client.llen(name) <= (ended - started) / broker.PACE + 2
        client.delete(name)


def test_one_tasks_pace_does_not_keep_another_waiting(sender: broker.Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "PACE", 60.0)
    broker.nudge("tests.absent", queue_name="paced")
    assert waits_until(lambda: not sender.waiting)

    broker.nudge("tests.absent", queue_name="paced")
    broker.nudge("tests.absent", queue_name="other")

    assert waits_until(lambda: list(sender.waiting) == [("tests.absent", "paced")])


def test_one_thread_sends_for_all(absent: None) -> None:
    starters = [threading.Thread(target=seconds, args=(5,)) for _ in range(8)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()

    senders = [one for one in threading.enumerate() if one is broker._sender.thread]
    assert len(senders) == 1
