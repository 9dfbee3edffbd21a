"""The folders that the services need, and the lock that keeps two starts apart."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from foundation.embedded.account import unprivileged
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


def socket_folder(folder: Path, var: Path) -> None:
    """Creates the folder of the sockets, for the user who runs PostgreSQL on `var`.

    Raises SetupError when it belongs to somebody else: in /tmp anybody could have put it there.
    """
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    user = unprivileged(var) if os.geteuid() == 0 else None
    allowed = {os.geteuid(), user.pw_uid} if user else {os.geteuid()}
    if folder.lstat().st_uid not in allowed:
        raise SetupError(f"The folder {folder} belongs to another user; remove it, or run this as that user.")
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid, follow_symlinks=False)


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
