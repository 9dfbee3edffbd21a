"""Numbered hashes that grow in number."""

import numpy as np
import pytest

from moderation.matching import index as module
from moderation.matching.bands import BandIndex, Words
from moderation.matching.index import HashIndex, Near, words
from tests.matching.hashes_for_tests import packed, random_hashes, with_flipped


def test_hash_of_32_bytes_is_read_from_its_first_bit() -> None:
    assert words([bytes([1]) + bytes(31), bytes(31) + bytes([1])]).tolist() == [[1 << 56, 0, 0, 0], [0, 0, 0, 1]]


def test_words_and_bytes_are_the_same_hash() -> None:
    hashes = random_hashes(3)

    assert np.array_equal(words([packed(one) for one in hashes]), hashes)


def test_nearest_come_first_and_of_equals_the_newest() -> None:
    query = random_hashes(1)[0]
    index = HashIndex()
    index.add([3, 8, 9], np.array([with_flipped(query, range(12)), with_flipped(query, [5]), with_flipped(query, [9])]))

    assert index.search(query[None]) == [Near(0, 9, 1), Near(0, 8, 1), Near(0, 3, 12)]


def test_empty_index_finds_nothing() -> None:
    assert HashIndex().search(random_hashes(2)) == []
    assert HashIndex().newest == 0


def test_nothing_added_changes_nothing() -> None:
    index = HashIndex()
    index.add([4], random_hashes(1))
    index.add([], random_hashes(0))

    assert (index.newest, len(index)) == (4, 1)


@pytest.mark.parametrize("scanned", [0, 10, 100])
def test_hashes_are_found_whether_tables_hold_them_or_not(monkeypatch: pytest.MonkeyPatch, scanned: int) -> None:
    monkeypatch.setattr(module, "SCANNED", scanned)
    hashes = random_hashes(64)
    index = HashIndex()

    for at in range(0, 64, 4):
        index.add(range(100 + at, 104 + at), hashes[at : at + 4])
        found = index.search(hashes[: at + 4])
        assert [(near.row, near.number) for near in sorted(found, key=lambda near: near.row)] == [
            (row, 100 + row) for row in range(at + 4)
        ]
    assert (len(index), index.newest) == (64, 163)


def test_tables_are_made_anew_only_when_a_sixteenth_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SCANNED", 0)
    built: list[int] = []

    class Noted(BandIndex):
        def __init__(self, hashes: Words, radius: int) -> None:
            built.append(len(hashes))
            super().__init__(hashes, radius)

    monkeypatch.setattr(module, "BandIndex", Noted)
    index = HashIndex()
    hashes = random_hashes(200)

    for at in range(0, 200, 100):
        index.add(range(at + 1, at + 101), hashes[at : at + 100])
        index.search(hashes[:1])
    for at in range(12):
        index.add([201 + at], hashes[:1])
        index.search(hashes[:1])

    assert built == [100, 200]
    index.add([301], hashes[:1])
    index.search(hashes[:1])
    assert built == [100, 200, 213]
