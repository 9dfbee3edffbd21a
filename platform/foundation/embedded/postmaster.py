"""PostgreSQL's lock file: who holds a data folder, and whether they still live."""

import time
from pathlib import Path

_LEAVING_SECONDS = 20.0


def living(data: Path) -> int | None:
    """Returns the process id of the server that holds the data folder, or None when none does."""
    pid = _noted(data)
    return pid if pid is not None and _is_server_of(pid, data) else None


def clear(data: Path) -> None:
    """Waits for a server that is shutting down, then removes a lock file that nobody holds.

    The file outlives a killed server, and its number may belong to somebody else after a restart of the machine,
    or to a zombie; PostgreSQL would refuse to start in both cases.
    """
    deadline = time.monotonic() + _LEAVING_SECONDS
    while living(data) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    if living(data) is None:
        (data / "postmaster.pid").unlink(missing_ok=True)


def _noted(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _is_server_of(pid: int, data: Path) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z" and Path(f"/proc/{pid}/cwd").samefile(data)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False
