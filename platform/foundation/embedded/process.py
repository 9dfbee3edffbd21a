"""Child processes that never outlive the thread that started them."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from foundation.embedded.errors import SetupError, setup_errors

_COMPLAINT = re.compile(r"\b(fatal|panic|error)\b|can't|could not|cannot|failed", re.IGNORECASE)


def launch(
    command: Sequence[str],
    log: Path,
    *,
    death_signal: str = "TERM",
    privileges: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Starts `command` in a session of its own, appending its output to `log`.

    The kernel sends it `death_signal` when the thread that called this ends, however it ends. `privileges` are
    further options of setpriv. Raises SetupError when it cannot be started.
    """
    with setup_errors():
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            return subprocess.Popen(
                [setpriv(), *privileges, "--pdeathsig", death_signal, "--", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
            )


def setpriv() -> str:
    """Returns the path of setpriv, which sets the parent-death signal and drops privileges before exec."""
    found = shutil.which("setpriv")
    if found is None:
        raise SetupError("The command setpriv is missing; install the package util-linux.")
    return found


def ask_to_stop(process: subprocess.Popen[bytes], signal_number: int = signal.SIGTERM) -> None:
    """Sends the signal to the process alone: its own children are its business while it lives."""
    if process.poll() is None:
        process.send_signal(signal_number)


def stop(process: subprocess.Popen[bytes], signal_number: int = signal.SIGTERM, grace: float = 10.0) -> None:
    """Ends the process and whatever it left in its process group; SIGKILL after `grace` seconds."""
    ask_to_stop(process, signal_number)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        process.kill()
    finally:
        kill_group(process)
        process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kills what is left of the process group that the process leads."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def complaint(log: Path) -> str:
    """Returns the last line of the log that complains, else its last line, else "it said nothing"."""
    try:
        lines = log.read_bytes()[-4096:].decode(errors="replace").splitlines()
    except OSError:
        lines = []
    said = [line.strip() for line in lines if line.strip()]
    complaints = [line for line in said if _COMPLAINT.search(line)]
    return (complaints or said or ["it said nothing"])[-1].rstrip(".")
