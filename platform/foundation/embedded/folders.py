"""The folders that the services need, and the lock that keeps two starts apart."""

import fcntl
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from foundation.embedded.account import Account
from foundation.embedded.errors import SetupError

_LOCK_SECONDS = 90.0
_LEAST_FREE_BYTES = 300_000_000


@contextmanager
def exclusive(var: Path) -> Iterator[None]:
    """Holds the lock of `var`, creating the folder; a second start waits for the first.

    Raises SetupError when the wait is too long, or when the disk is nearly full.
    """
    var.mkdir(parents=True, exist_ok=True)
    _require_space(var)
    with (var / ".services.lock").open("a") as lock:
        _acquire(lock.fileno(), var)
        yield


def socket_folder(folder: Path, account: Account | None) -> None:
    """Creates the folder of the sockets for the account; raises SetupError when it belongs to somebody else."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if account:
        account.own(folder)
        return
    if not _writable(folder):
        raise SetupError(f"The folder {folder} belongs to another user; remove it, or run this as that user.")


def _writable(folder: Path) -> bool:
    try:
        (folder / ".probe").touch()
        (folder / ".probe").unlink()
    except PermissionError:
        return False
    return True


def _acquire(descriptor: int, var: Path) -> None:
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise SetupError(f"Another process keeps starting the services in {var}; stop it first.") from None
            time.sleep(0.05)


def _require_space(var: Path) -> None:
    free = shutil.disk_usage(var).free
    if free < _LEAST_FREE_BYTES:
        raise SetupError(
            f"The disk that holds {var} is almost full: {free // 1_000_000} MB are free, "
            f"{_LEAST_FREE_BYTES // 1_000_000} MB are needed."
        )
