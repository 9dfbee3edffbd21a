"""One thread delivers in a process, and whoever asks meanwhile is heard."""

import queue
import threading

import pytest

from moderation.webhooks import services, turn
from moderation.webhooks.turn import Turn


def test_a_turn_is_one_threads() -> None:
    one = Turn()
    assert [one.take(), one.take()] == [True, False]
    one.end()
    assert one.take()


def test_it_ends_unless_somebody_asked_since_the_last_look() -> None:
    one = Turn()
    one.take()
    assert one.ask()
    assert not one.end_unless_asked()
    one.listen()
    assert one.end_unless_asked()
    assert one.take()


def test_trying_to_take_it_is_asking() -> None:
    one = Turn()
    one.take()
    one.take()
    assert not one.end_unless_asked()


def test_asking_nobody_is_answered_so() -> None:
    one = Turn()
    assert not one.ask()
    one.take()
    assert one.end_unless_asked()
    assert not one.ask()


def test_nothing_that_was_asked_for_is_left_behind() -> None:
    one, waiting, done = Turn(), queue.SimpleQueue[int](), list[int]()

    def deliver() -> None:
        if not one.take():
            return
        while True:
            one.listen()
            while not waiting.empty():
                done.append(waiting.get())
            if one.end_unless_asked():
                return

    def produce(first: int) -> None:
        for number in range(first, first + 2000):
            waiting.put(number)
            if not one.ask():
                deliver()

    threads = [threading.Thread(target=produce, args=(first,)) for first in range(0, 8000, 2000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(8000))


@pytest.mark.parametrize("taken", [True, False])
def test_a_worker_in_this_process_is_woken_without_a_message(taken: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(services, "nudge", lambda task, queue_name: sent.append(task))
    if taken:
        turn.of_this_process.take()
    try:
        services.wake()
        assert sent == ([] if taken else ["webhooks.deliver"])
        assert turn.of_this_process.end_unless_asked() is not taken
    finally:
        turn.of_this_process.end()
