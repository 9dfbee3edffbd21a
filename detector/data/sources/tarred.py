"""Members of a tar file, compressed or not."""

import lzma
import tarfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from detector.data.sources.base import MOST_FILES, DataError, Entry, EntryRefused, read_limited, refused, unsafe

_DAMAGED = (tarfile.TarError, EOFError, lzma.LZMAError, zlib.error, OSError)


def tar_entries(path: Path) -> Iterator[Entry]:
    """Every member that is no folder. Raises DataError where the file ends early or is damaged."""
    try:
        with tarfile.open(path) as archive:
            for number, member in enumerate(archive):
                if number >= MOST_FILES:
                    raise DataError(f"{path} has over {MOST_FILES} members, which is too many.")
                if not member.isdir():
                    yield _entry(archive, member)
    except _DAMAGED as error:
        raise DataError(f"{path} cannot be read as a tar file: {error}.") from error


def _entry(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    problem = unsafe(member.name) or (None if member.isreg() else "It is a link or a special file.")
    return Entry(PurePosixPath(member.name), refused(problem) if problem else partial(_read, archive, member))


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    try:
        file = archive.extractfile(member)
        return b"" if file is None else read_limited(file, member.size)
    except _DAMAGED as error:
        raise EntryRefused(f"It cannot be unpacked: {error}.") from error
