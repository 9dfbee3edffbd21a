"""Files on a local disk that are there whole or not at all."""

import os
import tempfile
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


@deconstructible(path="foundation.storage.WholeFileStorage")
class WholeFileStorage(FileSystemStorage):
    """Writes under a temporary name and renames: nobody reads a part, and a crash leaves none under the real name.

    A name that is taken is written again, as S3 does; give it the same bytes, or a name of its own.
    """

    def __init__(self, *, location: str | None = None) -> None:
        super().__init__(location=location, allow_overwrite=True)

    def _save(self, name: str, content: File[bytes]) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=".part-", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
            Path(temporary).chmod(self.file_permissions_mode or 0o600)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return name
