"""A pack while it is being written."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from detector.data.fingerprints import Fingerprint
from detector.data.layouts import Place

_LONGEST = 100


@dataclass(frozen=True)
class Kept:
    """A file of the pack: split, label, source, its name there, its stem where it came from, and what it is."""

    split: str
    label: str
    source: str
    name: str
    stem: str
    print: Fingerprint

    @property
    def path(self) -> str:
        """Its place in the pack."""
        return f"{self.split}/{self.label}/{self.name}"


class Pack:
    """The files in `root`, by their place. Every name is made here, out of harmless characters only."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[str, Kept] = {}

    def add(self, place: Place, suffix: str, data: bytes, of: Fingerprint) -> Kept:
        """Write a file under `<split>/<label>/<source>__<stem><suffix>`. Raises OSError."""
        source = harmless(place.source).replace("__", "_").strip("_.") or "unnamed"
        stem = f"{source}__{harmless(place.stem) or of.sha256[:10]}"
        kept = Kept(place.split or "unsplit", place.label, source, stem + suffix, place.stem, of)
        number = 2
        while kept.path in self.files:
            kept = replace(kept, name=f"{stem}-{number}{suffix}")
            number += 1
        self._file(kept).write_bytes(data)
        self.files[kept.path] = kept
        return kept

    def remove(self, kept: Kept) -> None:
        """Delete a file. Raises OSError."""
        del self.files[kept.path]
        (self.root / kept.path).unlink()

    def move(self, kept: Kept, split: str, label: str) -> Kept:
        """Put a file under another split or label, under its own name. Raises OSError."""
        moved = replace(kept, split=split, label=label)
        (self.root / kept.path).rename(self._file(moved))
        del self.files[kept.path]
        self.files[moved.path] = moved
        return moved

    def read(self, kept: Kept) -> bytes:
        """A file's bytes. Raises OSError."""
        return (self.root / kept.path).read_bytes()

    def where(self, wanted: Callable[[Kept], bool]) -> list[Kept]:
        """The files that are wanted, in the order in which they came."""
        return [kept for kept in self.files.values() if wanted(kept)]

    def counts(self) -> dict[str, dict[str, int]]:
        """Files by "split/label" and source."""
        found = Counter((f"{kept.split}/{kept.label}", kept.source) for kept in self.files.values())
        groups = sorted({group for group, _ in found})
        return {group: {source: n for (at, source), n in sorted(found.items()) if at == group} for group in groups}

    def _file(self, kept: Kept) -> Path:
        path = self.root / kept.path
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def harmless(name: str) -> str:
    """A name of letters, digits, spaces and ._()- alone, not hidden and not overlong."""
    return re.sub(r"[^A-Za-z0-9._() -]", "-", name)[:_LONGEST].strip(" .")
