import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from foundation.embedded import services
from foundation.embedded.errors import SetupError
from foundation.embedded.supervisor import Program, Supervisor
from tests.foundation.embedded.processes import eventually, first_line, living_with, python

pytestmark = pytest.mark.integration


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The services and a program under a supervisor that is a process of its own."""
    process = python("tests.foundation.embedded.supervised", str(tmp_path))
    assert first_line(process) == "ready"
    yield process
    process.kill()
    process.wait()
    assert eventually(lambda: living_with(str(tmp_path)) == [], 5)


def children(process: subprocess.Popen[str]) -> dict[str, int]:
    """Returns the process ids by name, without zombies."""
    return {
        child.name(): child.pid
        for child in psutil.Process(process.pid).children()
        if child.status() != psutil.STATUS_ZOMBIE
    }


def test_whatever_is_killed_is_back_within_five_seconds(supervisor: subprocess.Popen[str], tmp_path: Path) -> None:
    before = children(supervisor)
    assert set(before) == {"postgres", "redis-server", "sh"}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: set(children(supervisor)) == set(before), 5)
    assert set(children(supervisor).values()).isdisjoint(before.values())
    url = services.addresses(tmp_path).database_url
    assert eventually(lambda: answers(url), 5)


def child_of(pid: int) -> psutil.Process:
    assert eventually(lambda: psutil.Process(pid).children() != [], 5)
    return psutil.Process(pid).children()[0]


def gone(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(supervisor: subprocess.Popen[str], tmp_path: Path, number: int) -> None:
    grandchild = child_of(children(supervisor)["sh"])
    supervisor.send_signal(number)
    assert supervisor.wait(15) == 130
    assert living_with(str(tmp_path)) == []
    assert gone(grandchild)
    assert supervisor.stderr is not None
    assert supervisor.stderr.read() == ""


def test_killing_the_supervisor_leaves_no_service(supervisor: subprocess.Popen[str], tmp_path: Path) -> None:
    grandchild = child_of(children(supervisor)["sh"])
    supervisor.kill()
    supervisor.wait()
    assert eventually(lambda: living_with(str(tmp_path)) == [], 5)
    grandchild.kill()  # the business of its own parent, which this shell neglects


def test_a_program_that_does_not_stay_up_is_reported_with_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log" / "broken.log"
    said: list[str] = []
    broken = Program("broken", ["sh", "-c", "echo 'error: no such table'; exit 3"], log)
    with pytest.raises(SetupError) as caught, Supervisor([], [broken], say=said.append) as supervisor:
        supervisor.wait()
    assert str(caught.value) == (
        f"broken ended 5 times within 30 seconds, lastly with 'error: no such table'; its log is {log}."
    )
    assert said == ["broken ended; starting it again."] * 4
    assert log.read_text() == "error: no such table\n" * 5


def test_a_program_that_ignores_sigterm_is_killed_after_its_grace(tmp_path: Path) -> None:
    log = tmp_path / "stubborn.log"
    stubborn = Program("stubborn", ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"], log, grace=0.3)
    with Supervisor([], [stubborn]):
        assert eventually(lambda: log.exists() and "up" in log.read_text(), 10)
        process = stubborn.process
        began = time.monotonic()
    assert process is not None
    assert process.returncode == -signal.SIGKILL
    assert 0.3 <= time.monotonic() - began < 5


def test_a_program_that_cannot_start_stops_what_was_started_before_it(tmp_path: Path) -> None:
    first = Program("first", ["sleep", "600"], tmp_path / "first.log")
    blocked = Program("blocked", ["true"], tmp_path / "first.log" / "blocked.log")
    with pytest.raises(SetupError), Supervisor([], [first, blocked]):
        pytest.fail("entered")
    assert not first.running()


def test_a_later_program_is_looked_after_too(tmp_path: Path) -> None:
    later = Program("later", ["sleep", "600"], tmp_path / "later.log")
    with Supervisor([], [], say=lambda text: None) as supervisor:
        supervisor.add(later)
        assert later.process is not None
        first = later.process.pid
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: later.running() and later.process is not None and later.process.pid != first, 5)
    assert not later.running()


def test_the_handlers_of_signals_are_put_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    with Supervisor([]):
        assert signal.getsignal(signal.SIGTERM) is not before[1]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before
