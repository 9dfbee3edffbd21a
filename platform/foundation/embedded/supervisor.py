"""Keeps the processes of one machine running: what ends is started again, and nothing outlives the supervisor."""

import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Protocol

from foundation.embedded.errors import SetupError
from foundation.embedded.process import ask_to_stop, complaint, kill_group, launch, stop

_POLL_SECONDS = 0.2
_LOOP_EXITS = 5
_LOOP_SECONDS = 30.0
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervised(Protocol):
    """What can be kept running: a Program, or the embedded Postgres and Redis."""

    name: str
    log: Path

    def start(self) -> None: ...
    def running(self) -> bool: ...
    def ask_to_stop(self) -> None: ...
    def stop(self) -> None: ...


class Program:
    """A child process: a command, its environment (None: this process's), its log and how long it may take to end."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        grace: float = 10.0,
    ) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._env = env
        self._cwd = cwd
        self._grace = grace

    def start(self) -> None:
        """Starts it, after killing what an earlier run left in its process group. Raises SetupError."""
        if self.process is not None:
            kill_group(self.process)
        self.process = launch(self.command, self.log, env=self._env, cwd=self._cwd)

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.process is not None:
            ask_to_stop(self.process)

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, grace=self._grace)
            self.process = None


class Supervisor:
    """Runs services, then programs, and stops them in the opposite order.

    Use it as a context manager in the main thread: entering starts everything in order, and from then on SIGINT,
    SIGTERM and SIGHUP raise KeyboardInterrupt; leaving stops everything, programs first and all at once. `wait`
    blocks until then. `say` gets one sentence for each restart.
    """

    def __init__(
        self,
        services: Sequence[Supervised],
        programs: Sequence[Supervised] = (),
        *,
        say: Callable[[str], None] = print,
    ) -> None:
        self._services = list(services)
        self._programs = list(programs)
        self._say = say
        self._exits: dict[str, deque[float]] = {}
        self._turn = threading.Lock()
        self._ending = False
        self._ended = threading.Event()
        self._failure: SetupError | None = None
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._handlers: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> "Supervisor":
        self._catch_signals()
        try:
            for each in (*self._services, *self._programs):
                each.start()
        except BaseException:
            self._stop()
            raise
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def add(self, program: Supervised) -> None:
        """Starts one more program, which needs what runs already."""
        with self._turn:
            program.start()
            self._programs.append(program)

    def check(self) -> None:
        """Raises the SetupError of a program that does not stay up, if there is one."""
        if self._failure is not None:
            raise self._failure

    def wait(self) -> None:
        """Blocks until a signal (KeyboardInterrupt) or a crash loop (SetupError)."""
        while True:
            self.check()
            time.sleep(_POLL_SECONDS)

    def _watch(self) -> None:
        """Children that are started here live no longer than this thread, so it ends after everything has stopped."""
        while not self._ended.wait(_POLL_SECONDS):
            with self._turn:
                if not self._ending and self._failure is None:
                    self._look_after_all()

    def _look_after_all(self) -> None:
        """PostgreSQL comes last: its recovery may take seconds, which nobody else needs to wait for."""
        try:
            for each in (*self._programs, *reversed(self._services)):
                if not each.running():
                    self._restart(each)
        except SetupError as failure:
            self._failure = failure

    def _restart(self, each: Supervised) -> None:
        exits = self._exits.setdefault(each.name, deque(maxlen=_LOOP_EXITS))
        exits.append(time.monotonic())
        if len(exits) == _LOOP_EXITS and exits[-1] - exits[0] < _LOOP_SECONDS:
            raise SetupError(
                f"{each.name} ended {_LOOP_EXITS} times within {_LOOP_SECONDS:.0f} seconds, lastly with "
                f"{complaint(each.log)!r}; its log is {each.log}."
            )
        self._say(f"{each.name} ended; starting it again.")
        each.start()

    def _stop(self) -> None:
        """A second Ctrl-C does not interrupt the stopping, which ends by SIGKILL at the latest."""
        for number in self._handlers:
            signal.signal(number, signal.SIG_IGN)
        with self._turn:
            self._ending = True
            for each in self._programs:
                each.ask_to_stop()
            for each in (*self._programs, *reversed(self._services)):
                each.stop()
        self._ended.set()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def _catch_signals(self) -> None:
        for number in _STOPPING:
            self._handlers[number] = signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
