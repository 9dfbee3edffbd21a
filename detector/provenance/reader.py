"""Asks a process of its own to read C2PA manifests, and starts another one when that was killed by a file."""

import atexit
import contextlib
import json
import os
import select
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("c2pa_process.py")
SECONDS = 5.0
# How much longer the answer is waited for: the process first has to start and to load its library.
PATIENCE = 20.0


class ReaderDied(Exception):
    """The process ended while it read this file: a crash, too much memory, or too much time."""


class ManifestReader:
    """One process, started when it is first asked for and kept; files are read one after the other."""

    def __init__(self, program: Path = PROGRAM, seconds: float = SECONDS, patience: float = PATIENCE) -> None:
        self._program = program
        self._seconds = seconds
        self._milliseconds = 1000 * (seconds + patience)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def read(self, data: bytes, media_type: str, anchors: str) -> dict[str, Any]:
        """What `c2pa_process.examine` says of a file. `anchors`: trusted roots as PEM. Raises ReaderDied."""
        asked = {"media_type": media_type, "length": len(data), "anchors": anchors, "seconds": self._seconds}
        with self._lock:
            try:
                answer = self._exchange(json.dumps(asked).encode() + b"\n" + data)
            except (OSError, ValueError) as error:
                self._end()
                raise ReaderDied("the manifest could not be read") from error
        return answer

    def close(self) -> None:
        with self._lock:
            self._end()

    def _exchange(self, request: bytes) -> dict[str, Any]:
        process = self._running()
        if process.stdin is None or process.stdout is None:
            raise OSError("the process has no pipes")
        process.stdin.write(request)
        process.stdin.flush()
        waiting = select.poll()
        waiting.register(process.stdout, select.POLLIN)
        if not waiting.poll(self._milliseconds):
            raise OSError("the process does not answer")
        answer: dict[str, Any] = json.loads(process.stdout.readline())
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        """The process; a forked child starts its own, for two cannot share the pipes."""
        if self._process is None or self._owner != os.getpid() or self._process.poll() is not None:
            command = [sys.executable, "-I", str(self._program)]
            pipe, null = subprocess.PIPE, subprocess.DEVNULL
            self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=null)
            self._owner = os.getpid()
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()


shared = ManifestReader()
atexit.register(shared.close)
