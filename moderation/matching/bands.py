"""Every hash within a few bits of another one, exactly, without looking at all: multi-index hashing (Norouzi, Punjani
and Fleet, 2012, "Fast search in Hamming space with multi-index hashing").

A hash is cut into bands. Where two hashes differ in at most r bits, and band i tolerates t_i differing bits with
sum(t_i + 1) = r + 1, at least one band differs in at most its t_i: else there would be r + 1 differing bits. So every
band has a table from its value to the hashes that have it, and asking for all values within t_i of the query's own
finds every near hash. What the tables propose is then compared in full.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]  # (n, 4): 256 bits each, the first word holds the first 64
BITS, WORD = 256, 64
NARROWEST, WIDEST = 10, 24
AT_ONCE = 64
NO_HITS = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64))
Hits = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]  # row of the query, place, distance


@dataclass(frozen=True)
class Band:
    """Bits ``start`` to ``start + width`` of a hash, of which ``tolerance`` may differ."""

    start: int
    width: int
    tolerance: int

    def probes(self) -> int:
        return sum(math.comb(self.width, flipped) for flipped in range(self.tolerance + 1))

    def masks(self) -> NDArray[np.uint32]:
        """Return what to XOR a band's value with, for every value that it tolerates."""
        flips = [bits for many in range(self.tolerance + 1) for bits in combinations(range(self.width), many)]
        return np.array([sum(1 << bit for bit in bits) for bits in flips], np.uint32)

    def values(self, hashes: Words) -> NDArray[np.uint32]:
        """Return this band's bits of every hash as a number."""
        word, offset = divmod(self.start, WORD)
        surplus = offset + self.width - WORD
        if surplus <= 0:
            cut = hashes[:, word] >> np.uint64(-surplus)
        else:
            cut = (hashes[:, word] << np.uint64(surplus)) | (hashes[:, word + 1] >> np.uint64(WORD - surplus))
        return (cut & np.uint64((1 << self.width) - 1)).astype(np.uint32)


def layout(size: int, radius: int) -> list[Band]:
    """Return the bands that should cost least among ``size`` hashes: one for a table's row, one for each proposal.

    No table has more than a few times as many rows as there are hashes.
    """
    widest = min(WIDEST, max(NARROWEST, size.bit_length() + 1))
    counts = range(math.ceil(BITS / widest), math.ceil(BITS / NARROWEST) + 1)
    return min((_bands(count, radius) for count in counts), key=lambda bands: _cost(bands, size))


def _bands(count: int, radius: int) -> list[Band]:
    edges = [BITS * number // count for number in range(count + 1)]
    least, extra = divmod(radius + 1, count)
    return [
        Band(start, end - start, least - 1 + (number < extra)) for number, (start, end) in enumerate(pairwise(edges))
    ]


def _cost(bands: Sequence[Band], size: int) -> float:
    return sum(band.probes() * (1 + size / (1 << band.width)) for band in bands)


class Table:
    """The places of all hashes, ordered by one band's value; ``firsts[v]`` to ``firsts[v + 1]`` have the value v."""

    def __init__(self, band: Band, hashes: Words) -> None:
        self.band = band
        self.masks = band.masks()
        values = band.values(hashes)
        self.places = np.argsort(values, kind="stable").astype(np.int32)
        counts = np.bincount(values, minlength=1 << band.width)
        self.firsts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)

    def propose(self, queries: Words) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return rows of ``queries`` and beside each a place that it should be compared with."""
        asked = (self.band.values(queries)[:, None] ^ self.masks).ravel().astype(np.int64)
        begins = np.take(self.firsts, asked)
        many = np.take(self.firsts[1:], asked) - begins
        filled = np.flatnonzero(many)
        many = many[filled]
        ends = np.cumsum(many)
        shifts = np.repeat(begins[filled] - (ends - many), many)
        proposed = np.take(self.places, shifts + np.arange(len(shifts)))
        return np.repeat(filled // len(self.masks), many), proposed.astype(np.int64)


class BandIndex:
    """Hashes that do not change, found within ``radius`` bits."""

    def __init__(self, hashes: Words, radius: int) -> None:
        self.hashes = np.ascontiguousarray(hashes)
        self.radius = radius
        self.tables = [Table(band, self.hashes) for band in layout(len(hashes), radius)]

    def search(self, queries: Words) -> Hits:
        """Return every (row of the query, place, distance) within the radius; each pair once."""
        parts = [self._some(queries[at : at + AT_ONCE], at) for at in range(0, len(queries), AT_ONCE)]
        return _joined(parts)

    def _some(self, queries: Words, first: int) -> Hits:
        rows, places, distances = _joined([self._compared(queries, table) for table in self.tables])
        _, once = np.unique(rows * len(self.hashes) + places, return_index=True)
        return rows[once] + first, places[once], distances[once]

    def _compared(self, queries: Words, table: Table) -> Hits:
        rows, places = table.propose(queries)
        distances = _distances(np.take(self.hashes, places, axis=0), np.take(queries, rows, axis=0))
        near = np.flatnonzero(distances <= self.radius)
        return rows[near], places[near], distances[near]


def scan(hashes: Words, queries: Words, radius: int) -> Hits:
    """Find the same by looking at every hash: for the few that no table holds yet, and to check the tables by."""
    return _joined([_scan_one(hashes, query, row, radius) for row, query in enumerate(queries)])


def _scan_one(hashes: Words, query: NDArray[np.uint64], row: int, radius: int) -> Hits:
    distances = _distances(hashes, query)
    near = np.flatnonzero(distances <= radius)
    return np.full(len(near), row, np.int64), near, distances[near]


def _distances(left: Words, right: Words) -> NDArray[np.int64]:
    counts = np.bitwise_count(left ^ right)
    return sum((counts[:, word] for word in range(BITS // WORD)), np.zeros(len(counts), np.int64))


def _joined(parts: Sequence[Hits]) -> Hits:
    if not parts:
        return NO_HITS
    rows, places, distances = zip(*parts, strict=True)
    return np.concatenate(rows), np.concatenate(places), np.concatenate(distances)
