"""A folder that appears whole or not at all."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detector.data.sources import DataError

_MARK = ".unfinished"


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """Gives `<target>.part`, empty, which becomes `target` when the block ends well and is removed when it does not.

    What a killed run left is removed by the next one. Raises DataError when the target exists, when the part is
    somebody else's or in use, and when it cannot be written.
    """
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise DataError(f"{target} exists already; give another name or remove it.")
    part = target.with_name(target.name + ".part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        _begin(part)
        with (part / _MARK).open("w") as mark:
            _lock(mark.fileno(), part)
            _empty(part)
            try:
                yield part
                (part / _MARK).unlink()
                part.rename(target)
            except BaseException:
                shutil.rmtree(part, ignore_errors=True)
                raise
    except OSError as error:
        raise DataError(f"{error.filename or part} cannot be written: {error.strerror or error}.") from error


def _begin(part: Path) -> None:
    if part.exists() and not (part / _MARK).is_file():
        raise DataError(f"{part} is in the way, and this command did not make it; remove it.")
    part.mkdir(exist_ok=True)


def _lock(descriptor: int, part: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise DataError(f"{part} is being written by another run.") from error


def _empty(part: Path) -> None:
    for path in part.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != _MARK:
            path.unlink()
