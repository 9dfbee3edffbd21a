"""Near hashes among those of one client, which only grow in number: tables for most, a scan for the newest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.matching.bands import BITS, WORD, BandIndex, Words, scan

RADIUS = 30  # bits of 256 in which near pictures differ at most
SCANNED = 20_000
SHARE = 16
BYTES = BITS // 8


@dataclass(frozen=True)
class Near:
    """A hash near the query of this row: its number, and in how many bits it differs."""

    row: int
    number: int
    distance: int


def words(hashes: Sequence[bytes]) -> Words:
    """Return hashes of 32 bytes as rows of four numbers."""
    packed = np.frombuffer(b"".join(hashes), dtype=">u8").reshape(-1, BITS // WORD)
    return packed.astype(np.uint64)


class HashIndex:
    """Numbered hashes; a search that finds more than 20,000 new ones, and a sixteenth of all, makes the tables anew."""

    def __init__(self) -> None:
        self.newest = 0
        self._numbers: NDArray[np.int64] = np.empty(0, np.int64)
        self._tables: BandIndex | None = None
        self._late_numbers: NDArray[np.int64] = np.empty(0, np.int64)
        self._late: Words = np.empty((0, BITS // WORD), np.uint64)

    def __len__(self) -> int:
        return len(self._numbers) + len(self._late_numbers)

    def add(self, numbers: Sequence[int], hashes: Words) -> None:
        """Add hashes whose numbers rise, above those that are in already."""
        if not len(numbers):
            return
        self.newest = int(numbers[-1])
        self._late_numbers = np.concatenate([self._late_numbers, np.asarray(numbers, np.int64)])
        self._late = np.concatenate([self._late, hashes])

    def _rebuild(self) -> None:
        parts = [self._late] if self._tables is None else [self._tables.hashes, self._late]
        self._tables = BandIndex(np.concatenate(parts), RADIUS)
        self._numbers = np.concatenate([self._numbers, self._late_numbers])
        self._late_numbers, self._late = self._late_numbers[:0], self._late[:0]

    def search(self, queries: Words) -> list[Near]:
        """Return every hash within ``RADIUS`` bits of a query, the nearest first."""
        if len(self._late) > max(SCANNED, len(self._numbers) // SHARE):
            self._rebuild()
        found = _named(scan(self._late, queries, RADIUS), self._late_numbers)
        if self._tables is not None:
            found += _named(self._tables.search(queries), self._numbers)
        return sorted(found, key=lambda near: (near.distance, -near.number))


def _named(hits: tuple[NDArray[np.int64], ...], numbers: NDArray[np.int64]) -> list[Near]:
    rows, places, distances = (part.tolist() for part in hits)
    return [Near(*one) for one in zip(rows, numbers[places].tolist(), distances, strict=True)]
