"""Files are there whole or not at all."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from foundation.storage import WholeFileStorage


class Breaking(ContentFile[bytes]):
    """A file that cannot be read to its end."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"half"
        raise OSError("the disk is full")


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_file_lies_under_the_name_it_was_given_and_nothing_else_does(tmp_path: Path) -> None:
    storage = WholeFileStorage(location=str(tmp_path))

    assert storage.save("a/b/c", ContentFile(b"bytes")) == "a/b/c"

    assert files(tmp_path) == ["a/b/c"]
    assert (tmp_path / "a/b/c").read_bytes() == b"bytes"
    assert (tmp_path / "a/b/c").stat().st_mode & 0o777 == 0o644


def test_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    storage = WholeFileStorage(location=str(tmp_path))

    with pytest.raises(OSError, match="full"):
        storage.save("a", Breaking(b""))

    assert files(tmp_path) == []


def test_write_that_fails_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    storage = WholeFileStorage(location=str(tmp_path))
    storage.save("a", ContentFile(b"first"))

    with pytest.raises(OSError, match="full"):
        storage.save("a", Breaking(b""))

    assert (tmp_path / "a").read_bytes() == b"first"


def test_many_writers_of_one_name_leave_one_whole_file(tmp_path: Path) -> None:
    storage = WholeFileStorage(location=str(tmp_path))
    data = b"x" * 300_000

    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda _: storage.save("a/b", ContentFile(data)), range(16)))

    assert set(names) == {"a/b"}
    assert files(tmp_path) == ["a/b"]
    assert (tmp_path / "a/b").read_bytes() == data


def test_name_outside_the_folder_is_refused(tmp_path: Path) -> None:
    storage = WholeFileStorage(location=str(tmp_path / "media"))

    for name in ("../a", "/etc/passwd", "a/../../b"):
        with pytest.raises(SuspiciousFileOperation):
            storage.save(name, ContentFile(b"x"))

    assert files(tmp_path) == []


def test_site_keeps_its_files_this_way() -> None:
    assert isinstance(default_storage._wrapped or default_storage, WholeFileStorage)  # type: ignore[attr-defined]
