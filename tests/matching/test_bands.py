"""The tables find exactly what a scan of every hash finds."""

import math
from itertools import pairwise

import numpy as np
import pytest

from moderation.matching.bands import BITS, Band, BandIndex, Words, layout, scan
from tests.matching.hashes_for_tests import random_hashes, with_flipped

SIZES = [1, 50, 3_000, 40_000]


def pairs(hits: tuple[np.ndarray, ...]) -> list[tuple[int, ...]]:
    return sorted(zip(*(part.tolist() for part in hits), strict=True))


def disturbed(hashes: Words, most: int, seed: int = 1) -> Words:
    random = np.random.default_rng(seed)
    chosen = hashes[random.integers(0, len(hashes), 200)]
    return np.array([with_flipped(one, random.choice(BITS, random.integers(0, most), replace=False)) for one in chosen])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("radius", [0, 7, 30, 31])
def test_tables_find_what_a_scan_finds(size: int, radius: int) -> None:
    hashes = random_hashes(size)
    queries = disturbed(hashes, radius + 6)

    found = pairs(BandIndex(hashes, radius).search(queries))

    assert found == pairs(scan(hashes, queries, radius))
    assert len(found) > 20


def test_tables_find_what_a_scan_finds_among_hashes_that_crowd_together() -> None:
    random = np.random.default_rng(2)
    few = random_hashes(20)[random.integers(0, 20, 4_000)]
    hashes = np.array([with_flipped(one, random.choice(64, 9, replace=False)) for one in few])
    queries = disturbed(hashes, 40)

    found = pairs(BandIndex(hashes, 30).search(queries))

    assert found == pairs(scan(hashes, queries, 30))
    assert len(found) > 10_000


@pytest.mark.parametrize("start", range(0, BITS, 5))
def test_differences_that_lie_together_are_found(start: int) -> None:
    hashes = random_hashes(2_000)
    query = with_flipped(hashes[77], [bit % BITS for bit in range(start, start + 30)])

    assert pairs(BandIndex(hashes, 30).search(query[None])) == [(0, 77, 30)]


@pytest.mark.parametrize("stride", [3, 8, 8.5])
def test_differences_that_are_spread_evenly_are_found(stride: float) -> None:
    hashes = random_hashes(2_000)
    query = with_flipped(hashes[5], [int(number * stride) for number in range(30)])

    assert pairs(BandIndex(hashes, 30).search(query[None])) == [(0, 5, 30)]


def test_one_bit_beyond_the_radius_is_not_found() -> None:
    hashes = random_hashes(500)
    query = with_flipped(hashes[5], range(31))

    assert pairs(BandIndex(hashes, 30).search(query[None])) == []


@pytest.mark.parametrize("size", [1, 1_000, 1_000_000, 10_000_000])
@pytest.mark.parametrize("radius", [0, 5, 30, 64])
def test_bands_share_no_bit_and_leave_no_difference_unseen(size: int, radius: int) -> None:
    bands = layout(size, radius)

    assert all(one.start + one.width <= next_.start for one, next_ in pairwise(bands))
    assert bands[-1].start + bands[-1].width <= BITS
    assert sum(band.tolerance + 1 for band in bands) == radius + 1


def test_band_asks_for_every_value_that_it_tolerates_once() -> None:
    masks = Band(0, 10, 2).masks()

    assert len(set(masks.tolist())) == len(masks) == Band(0, 10, 2).probes() == 1 + 10 + math.comb(10, 2)
    assert max(int(mask).bit_count() for mask in masks) == 2


def test_band_across_two_words_has_the_bits_of_both() -> None:
    hashes = np.array([[0b101, 0b11 << 62, 0, 0]], np.uint64)

    assert Band(60, 8, 0).values(hashes).tolist() == [0b01011100]


def test_more_queries_than_are_asked_at_once_keep_their_rows() -> None:
    hashes = random_hashes(1_000)

    rows, places, distances = BandIndex(hashes, 10).search(hashes[:300])

    assert rows.tolist() == places.tolist() == list(range(300))
    assert set(distances.tolist()) == {0}


def test_no_query_finds_nothing() -> None:
    hashes = random_hashes(10)

    assert pairs(BandIndex(hashes, 10).search(hashes[:0])) == []
    assert pairs(scan(hashes[:0], hashes, 10)) == []
