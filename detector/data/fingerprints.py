"""What tells that two files are the same picture: the sum of the bytes, and a perceptual hash."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detector.perceptual import HASH_BITS, is_flat, phash

_BLOCK = 2_000_000


@dataclass(frozen=True)
class Fingerprint:
    """SHA-256 of the file in hexadecimal, and the 256-bit perceptual hash of its pixels as 32 bytes.

    `flat`: the picture has too little in it for its perceptual hash to mean anything.
    """

    sha256: str
    perceptual: bytes
    flat: bool = False


def fingerprint(data: bytes, pixels: NDArray[np.uint8] | None) -> Fingerprint:
    """The fingerprint of a file's bytes and its (H, W, 3) uint8 pixels; without pixels, of the bytes alone."""
    digest = hashlib.sha256(data).hexdigest()
    if pixels is None:
        return Fingerprint(digest, bytes(HASH_BITS // 8), flat=True)
    picture = Image.fromarray(pixels).convert("L")
    return Fingerprint(digest, phash(picture), is_flat(picture))


def near_pairs(left: Sequence[Fingerprint], right: Sequence[Fingerprint], most: int) -> list[tuple[int, int, int]]:
    """(place in left, place in right, bits that differ) of every pair of `most` differing bits or fewer.

    Flat pictures are near nothing. Every pair is looked at: there is no index that could miss one.
    """
    if not left or not right:
        return []
    ours, theirs = _words(left), _words(right)
    rows = max(1, _BLOCK // len(theirs))
    found = []
    for start in range(0, len(ours), rows):
        differing = sum(
            np.bitwise_count(ours[start : start + rows, None, word] ^ theirs[None, :, word]).astype(np.uint16)
            for word in range(theirs.shape[1])
        )
        for row, column in np.argwhere(np.asarray(differing) <= most):
            if not left[start + row].flat and not right[column].flat:
                found.append((start + int(row), int(column), int(np.asarray(differing)[row, column])))
    return found


def _words(prints: Sequence[Fingerprint]) -> NDArray[np.uint64]:
    """(n, 4) of the hashes' 64-bit words."""
    return np.frombuffer(b"".join(one.perceptual for one in prints), dtype=np.uint64).reshape(-1, HASH_BITS // 64)
