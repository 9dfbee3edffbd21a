"""Look-ups of near hashes: how many a second, whether any is missed, and what it takes in memory.

``python -m bench.matching`` measures this alone; ten million hashes need 2 GB of memory while they are made.
"""

import statistics
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.matching.bands import BITS, WORD, BandIndex, Words, scan
from moderation.matching.index import RADIUS

SIZE = 1_000_000
LARGE = 10_000_000
BATCH = 100
ROUNDS = 5
SECONDS = 2.0
CHECKED = {SIZE: 200, LARGE: 20}
MOST_FLIPPED = 40
SPREAD = 0.053  # of the bits' means, as measured over 7,300 photographs, faces and generated pictures
GOAL_BATCHED = 4000


@dataclass(frozen=True)
class Figures:
    """Look-ups a second (medians of rounds), seconds to build, bytes in memory, and what a scan of every hash says."""

    size: int
    single: float
    batched: float
    scanned: float
    build: float
    bytes: int
    expected: int
    missed: int


def measure(size: int, checked: int) -> Figures:
    """Measure an index of ``size`` hashes that are as uneven as pictures' are, asked for copies of its own hashes."""
    random = np.random.default_rng(0)
    hashes = uneven(size, random)
    queries = copies(hashes, 10 * BATCH, random)
    began = time.perf_counter()
    index = BandIndex(hashes, RADIUS)
    build = time.perf_counter() - began
    index.search(queries)
    began = time.perf_counter()
    expected = pairs(scan(hashes, queries[:checked], RADIUS))
    scanned = checked / (time.perf_counter() - began)
    missed = expected - pairs(index.search(queries[:checked]))
    return Figures(
        size=size,
        single=rate(index, queries, 1),
        batched=rate(index, queries, BATCH),
        scanned=scanned,
        build=build,
        bytes=weight(index),
        expected=len(expected),
        missed=len(missed),
    )


def uneven(size: int, random: np.random.Generator) -> Words:
    """Return hashes whose bits are set as unevenly as pictures' are; uniform ones would flatter the tables."""
    means = np.clip(random.normal(0.5, SPREAD, BITS), 0, 1)
    return np.concatenate([_some(means, min(50_000, size - at), random) for at in range(0, size, 50_000)])


def _some(means: NDArray[np.float64], count: int, random: np.random.Generator) -> Words:
    bits = random.random((count, BITS), np.float32) < means
    return np.packbits(bits, axis=1).view(">u8").astype(np.uint64)


def copies(hashes: Words, count: int, random: np.random.Generator) -> Words:
    """Return hashes of the index with up to ``MOST_FLIPPED`` bits turned, so that some are near and some are not."""
    queries = hashes[random.integers(0, len(hashes), count)]
    for query in queries:
        for bit in random.choice(BITS, random.integers(0, MOST_FLIPPED), replace=False):
            query[bit // WORD] ^= np.uint64(1) << np.uint64(bit % WORD)
    return queries


def pairs(hits: tuple[NDArray[np.int64], ...]) -> set[tuple[int, ...]]:
    return set(zip(*(part.tolist() for part in hits), strict=True))


def rate(index: BandIndex, queries: Words, batch: int) -> float:
    """Return look-ups a second in batches of this size: the median of the rounds."""
    return statistics.median(_round(index, queries, batch) for _ in range(ROUNDS))


def _round(index: BandIndex, queries: Words, batch: int) -> float:
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS / ROUNDS:
        at = done % len(queries)
        index.search(queries[at : at + batch])
        done += batch
    return done / (time.perf_counter() - began)


def weight(index: BandIndex) -> int:
    tables = sum(table.places.nbytes + table.firsts.nbytes for table in index.tables)
    return int(index.hashes.nbytes) + tables


def lines(found: list[Figures]) -> list[str]:
    return [
        "## Known images",
        "",
        f"Hashes of {BITS} bits, as uneven as pictures', looked up within {RADIUS} bits in one process; medians of",
        f"{ROUNDS} rounds. Found: of what a scan finds for some copies with up to {MOST_FLIPPED - 1} bits turned.",
        f"Goal: {GOAL_BATCHED:,} look-ups a second in batches of {BATCH} at a million.",
        "",
        f"| hashes | look-ups/s, batches of {BATCH} | look-ups/s, one by one | by a scan | found | s to build | MB |",
        "|---|---|---|---|---|---|---|",
        *map(_row, found),
    ]


def _row(one: Figures) -> str:
    rates = f"{one.batched:,.0f} | {one.single:,.0f} | {one.scanned:,.1f}"
    found = f"{one.expected - one.missed} of {one.expected}"
    return f"| {one.size:,} | {rates} | {found} | {one.build:.1f} | {one.bytes / 1e6:,.0f} |"


if __name__ == "__main__":
    print("\n".join(lines([measure(*one) for one in CHECKED.items()])))
