"""What the bench says of look-ups is what the index did."""

import numpy as np

from bench import matching
from moderation.matching.bands import BandIndex, Hits, Words


def test_small_index_is_measured_and_misses_nothing() -> None:
    found = matching.measure(20_000, 100)

    assert (found.size, found.missed) == (20_000, 0)
    assert 50 < found.expected < 110
    assert min(found.single, found.batched, found.scanned, found.build) > 0
    assert found.bytes > 20_000 * 32


def test_what_the_index_misses_is_counted(monkeypatch: object) -> None:
    class Forgetful(BandIndex):
        def search(self, queries: Words) -> Hits:
            rows, places, distances = super().search(queries)
            return rows[1:], places[1:], distances[1:]

    monkeypatch.setattr(matching, "BandIndex", Forgetful)  # type: ignore[attr-defined]

    assert matching.measure(5_000, 50).missed == 1


def test_hashes_are_as_uneven_as_is_said() -> None:
    hashes = matching.uneven(60_000, np.random.default_rng(1))
    bits = np.unpackbits(hashes.astype(">u8").view(np.uint8).reshape(-1, 32), axis=1)

    assert hashes.shape == (60_000, 4)
    assert 0.04 < bits.mean(axis=0).std() < 0.07
    assert 0.48 < bits.mean() < 0.52


def test_copies_differ_from_their_hash_by_less_than_forty_bits() -> None:
    random = np.random.default_rng(1)
    hashes = matching.uneven(50, random)

    queries = matching.copies(hashes, 200, random)

    least = [int(np.bitwise_count(hashes ^ query).sum(axis=1).min()) for query in queries]
    assert max(least) == 39
    assert min(least) == 0
    assert hashes.tolist() == matching.uneven(50, np.random.default_rng(1)).tolist()


def test_report_has_a_row_for_each_size() -> None:
    figures = matching.Figures(1_000_000, 812.4, 4321.6, 6.25, 3.14, 130_000_000, 157, 2)

    assert matching.lines([figures])[-1] == "| 1,000,000 | 4,322 | 812 | 6.2 | 155 of 157 | 3.1 | 130 |"
