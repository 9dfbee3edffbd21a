"""Members of a zip file."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from detector.data.sources.base import MOST_FILES, DataError, Entry, EntryRefused, read_limited, refused, unsafe

_ENCRYPTED = 0x1
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


def zip_entries(path: Path) -> Iterator[Entry]:
    """Every member that is no folder. Raises DataError for a damaged or overlong table of contents."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MOST_FILES:
                raise DataError(f"{path} has {len(members)} members; at most {MOST_FILES} are accepted.")
            for member in members:
                if not member.is_dir():
                    yield _entry(archive, member)
    except (zipfile.BadZipFile, OSError) as error:
        raise DataError(f"{path} cannot be read as a zip file: {error}.") from error


def _entry(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Entry:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    problem = unsafe(member.filename) or _problem(member)
    return Entry(path, refused(problem) if problem else partial(_read, archive, member))


def _problem(member: zipfile.ZipInfo) -> str | None:
    if member.flag_bits & _ENCRYPTED:
        return "It is encrypted."
    kind = stat.S_IFMT(member.external_attr >> 16)
    return "It is a link or a special file." if kind not in {0, stat.S_IFREG} else None


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(member) as file:
            return read_limited(file, member.file_size)
    except _DAMAGED as error:
        raise EntryRefused(f"It cannot be unpacked: {error}.") from error
