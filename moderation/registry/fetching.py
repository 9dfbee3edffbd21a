"""Bundles that lie in a storage without folders: a copy on this machine, fetched once."""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from django.core.files.storage import default_storage

from detector.bundles.folder import CARD, WEIGHTS


def fetched(location: str, folder: Path) -> Path:
    """Copy the bundle at ``location`` of the storage into ``folder``, unless it is there, and return that folder.

    It appears whole: two processes that fetch it at once both find one of their copies.

    Raises:
        OSError: the storage does not have it, or the folder cannot be written.
    """
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".part-", dir=folder.parent))
    try:
        for name in (CARD, WEIGHTS):
            with default_storage.open(f"{location}/{name}") as source, (temporary / name).open("wb") as target:
                shutil.copyfileobj(source, target)
        with suppress(OSError):  # another process was first
            temporary.rename(folder)
        if not folder.is_dir():
            raise FileNotFoundError(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder
