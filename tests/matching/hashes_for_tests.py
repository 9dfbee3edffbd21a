"""Hashes with known distances."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from moderation.matching.bands import Words


def random_hashes(count: int, seed: int = 0) -> Words:
    return np.random.default_rng(seed).integers(0, 2**64, (count, 4), dtype=np.uint64)


def with_flipped(hash_: NDArray[np.uint64], bits: Iterable[int]) -> NDArray[np.uint64]:
    """Return the hash with these bits of 256 turned, the first being the first word's highest."""
    changed = hash_.copy()
    for bit in bits:
        changed[bit // 64] ^= np.uint64(1) << np.uint64(63 - bit % 64)
    return changed


def packed(hash_: NDArray[np.uint64]) -> bytes:
    return hash_.astype(">u8").tobytes()
