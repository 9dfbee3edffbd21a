"""Files of an unpacked folder, parquet tables in it included; links are not followed."""

import os
import stat
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from detector.data.sources.base import DataError, Entry, EntryRefused, read_limited, refused
from detector.data.sources.parquet import parquet_entries


def folder_entries(root: Path) -> Iterator[Entry]:
    """Every file below `root` in the order of names; hidden files and folders are passed over.

    Raises DataError for a folder in it that cannot be listed.
    """
    for folder, inner, files in os.walk(root, onerror=_unlisted):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        links = [name for name in inner if (Path(folder) / name).is_symlink()]
        for name in sorted([*files, *links]):
            path = Path(folder) / name
            if path.suffix.lower() == ".parquet" and not path.is_symlink():
                yield from parquet_entries(path)
            elif not name.startswith("."):
                yield Entry(PurePosixPath(path.relative_to(root).as_posix()), _reader(path))


def _unlisted(error: OSError) -> None:
    raise DataError(f"{error.filename} cannot be listed: {error.strerror}.") from error


def _reader(path: Path) -> Callable[[], bytes]:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return refused("It is a symbolic link.")
    return partial(_read, path) if stat.S_ISREG(mode) else refused("It is not a regular file.")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return read_limited(file, path.stat().st_size)
    except OSError as error:
        raise EntryRefused(f"It cannot be read: {error.strerror}.") from error
