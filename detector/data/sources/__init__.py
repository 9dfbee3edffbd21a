"""What images come out of: folders, zip and tar files, and parquet tables.

Nothing is ever unpacked under the name that an archive gives it, so no name in an archive can reach out of the target.
"""

import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from detector.data.sources.base import DataError, Entry, EntryRefused
from detector.data.sources.folder import folder_entries
from detector.data.sources.parquet import parquet_entries
from detector.data.sources.tarred import tar_entries
from detector.data.sources.zipped import zip_entries

__all__ = ["DataError", "Entry", "EntryRefused", "entries"]


def entries(source: Path) -> Iterator[Entry]:
    """The files of a folder or an archive, known by its content. Each is to be read before the next is asked for.

    Raises DataError for what is none of these, or is damaged as a whole.
    """
    try:
        if source.is_dir():
            return folder_entries(source)
        if not source.is_file():
            what = "is neither a folder nor a regular file" if source.exists() else "does not exist"
            raise DataError(f"{source} {what}.")
        if source.suffix.lower() == ".parquet":
            return parquet_entries(source)
        if zipfile.is_zipfile(source):
            return zip_entries(source)
        if tarfile.is_tarfile(source):
            return tar_entries(source)
    except OSError as error:
        raise DataError(f"{source} cannot be read: {error.strerror or error}.") from error
    raise DataError(f"{source} is neither a folder nor a zip, tar or parquet file, or it is damaged.")
