"""Images that are to be left out of an evaluation: a list of file names or of SHA-256 sums."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from detector.training.packs import PackError, Sample

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Exclusion:
    """SHA-256 sums in hexadecimal, and names: of a file, or the end of its path ("fake/0001.jpg")."""

    hashes: frozenset[str]
    names: frozenset[str]

    def keep(self, samples: Sequence[Sample]) -> list[Sample]:
        """The samples that are not on the list, in order. Raises OSError for one whose bytes are gone."""
        return [sample for sample in samples if not self._holds(sample)]

    def _holds(self, sample: Sample) -> bool:
        if self.names & _names_of(sample):
            return True
        return bool(self.hashes) and hashlib.sha256(sample.read()).hexdigest() in self.hashes


def read_exclusion(path: Path) -> Exclusion:
    """A list with one entry a line: a name, or a SHA-256 whatever follows it (as `sha256sum` writes); # begins a note.

    Raises PackError for a file that is no text or cannot be read, or that lists nothing.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{path} cannot be read as a list of files: {error}.") from error
    entries = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not entries:
        raise PackError(f"{path} lists no file.")
    hashes = frozenset(entry[:64] for entry in entries if _is_hash(entry))
    return Exclusion(hashes, frozenset(entry for entry in entries if not _is_hash(entry)))


def _is_hash(entry: str) -> bool:
    return _HASH.fullmatch(entry[:64]) is not None and not entry[64:65].strip()


def _names_of(sample: Sample) -> set[str]:
    parts = PurePosixPath(sample.path.as_posix()).parts if sample.data is None else (sample.name,)
    return {"/".join(parts[-count:]) for count in range(1, min(len(parts), 8) + 1)}
