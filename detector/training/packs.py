"""Labelled images out of folders and tar files.

A pack holds one folder per class, anywhere below the given path: `real|REAL`, and `ai|fake|FAKE` or `edited|EDITED`.
Files are named `<source>__<id>.<ext>`; a file without `__` belongs to the source "unnamed". Other folders (masks) are
left alone.
"""

import hashlib
import lzma
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from detector.images import Limits

LABELS = {"real": 0, "ai": 1, "fake": 1, "edited": 1}
_TAR_SUFFIXES = (".tar", ".tar.gz", ".tar.xz", ".tgz")


class PackError(ValueError):
    """A path that holds no labelled images."""


@dataclass(frozen=True)
class Sample:
    """One labelled image: `label` 1 = not real; `data` are the file's bytes when it came out of a tar.

    `folder` is the lower-case name of the folder that said the label; "" for one that was made.
    """

    name: str
    source: str
    label: int
    path: Path
    data: bytes | None = None
    folder: str = ""

    def read(self) -> bytes:
        """The file's bytes. Raises OSError when a folder's file is gone."""
        return self.path.read_bytes() if self.data is None else self.data


def read_packs(paths: Iterable[Path]) -> list[Sample]:
    """All samples below the paths, in the order of their names. Raises PackError for a path without any."""
    samples: list[Sample] = []
    for path in paths:
        found = sorted(_read_pack(path), key=lambda sample: (sample.label, sample.name))
        if not found:
            raise PackError(f"{path} holds no folder named real, ai, fake or edited with images in it.")
        samples.extend(found)
    return samples


def hold_out(samples: list[Sample], share: float, leave_out: set[str]) -> tuple[list[Sample], list[Sample]]:
    """Split into (training, validation): whole sources of `leave_out`, and of the others a share by hash of the name.

    The same name always falls on the same side, whatever its folder and whatever else is there.
    """
    held = [sample for sample in samples if sample.source in leave_out or _fraction(sample.name) < share]
    chosen = {id(sample) for sample in held}
    return [sample for sample in samples if id(sample) not in chosen], held


def source_of(file_name: str) -> str:
    """The source that a file's name begins with: "bsds500" of "bsds500__12003.jpg"."""
    source, separator, _ = file_name.partition("__")
    return source if separator else "unnamed"


def _read_pack(path: Path) -> Iterator[Sample]:
    if path.is_dir():
        return _read_folder(path)
    if path.name.endswith(_TAR_SUFFIXES) and path.is_file():
        return _read_tar(path)
    raise PackError(f"{path} is neither a folder nor a tar file.")


def _read_folder(root: Path) -> Iterator[Sample]:
    for path in root.rglob("*"):
        label = _label_of(path)
        if label is not None and path.is_file():
            yield Sample(path.name, source_of(path.name), label, path, folder=path.parent.name.lower())


def _read_tar(path: Path) -> Iterator[Sample]:
    try:
        with tarfile.open(path) as archive:
            yield from _samples_of(archive, path)
    except (tarfile.TarError, EOFError, lzma.LZMAError, zlib.error, OSError) as error:
        raise PackError(f"{path} cannot be read as a tar file: {error}.") from error


def _samples_of(archive: tarfile.TarFile, path: Path) -> Iterator[Sample]:
    for member in archive:
        label = _label_of(PurePath(member.name))
        content = archive.extractfile(member) if label is not None and member.isfile() else None
        if label is not None and content is not None:
            name = PurePath(member.name).name
            # one byte more than is accepted, so that what is too large is refused where images are read; never more
            # than there is: a large buffer that is cut down stays a mapping of its own, and a process may have 65,530
            data = content.read(min(member.size, Limits().max_bytes + 1))
            folder = PurePath(member.name).parent.name.lower()
            yield Sample(name, source_of(name), label, path, data, folder)


def _label_of(path: PurePath) -> int | None:
    return None if path.name.startswith(".") else LABELS.get(path.parent.name.lower())


def _fraction(name: str) -> float:
    return int.from_bytes(hashlib.sha256(PurePath(name).stem.encode()).digest()[:4]) / 2**32
