"""What every kind of source gives."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from detector.images import Limits

MOST_BYTES = Limits().max_bytes
MOST_FILES = 5_000_000


class DataError(ValueError):
    """A source or a target that cannot be used as a whole; the message is for people."""


class EntryRefused(Exception):
    """One file of a source that is not to be used; the message says why, in a sentence."""


@dataclass(frozen=True)
class Entry:
    """A file of a source: its path within it, and how its bytes are read.

    `read` raises EntryRefused for what is unsafe, too large or damaged.
    """

    path: PurePosixPath
    read: Callable[[], bytes]


def refused(reason: str) -> Callable[[], bytes]:
    """A reader of an entry that is not to be read."""

    def read() -> bytes:
        raise EntryRefused(reason)

    return read


def unsafe(name: str) -> str | None:
    """Why a name within an archive is not to be trusted, or None."""
    if name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":"):
        return "Its path is absolute."
    if ".." in name.replace("\\", "/").split("/"):
        return "Its path leaves the archive."
    return "Its path has a null byte." if "\x00" in name else None


def read_limited(file: IO[bytes], declared: int | None = None) -> bytes:
    """The file's bytes. Raises EntryRefused when they are more than an image may have, whatever is declared."""
    if declared is not None and declared > MOST_BYTES:
        raise EntryRefused(f"It says that it has {declared} bytes; at most {MOST_BYTES} are accepted.")
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise EntryRefused(f"It has more than {MOST_BYTES} bytes.")
    return data
