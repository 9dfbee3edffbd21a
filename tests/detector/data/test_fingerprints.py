"""The same picture is found again after what happens to it, and another is not."""

import numpy as np
from PIL import Image

from detector.data.fingerprints import Fingerprint, fingerprint, near_pairs
from detector.images import read
from tests.detector.data.archives_for_tests import textured
from tests.detector.pictures import encoded

SAME = 24


def of(data: bytes) -> Fingerprint:
    return fingerprint(data, read(data).pixels)


def test_recompression_and_rescaling_leave_a_picture_near_itself() -> None:
    picture = textured(1, 128)
    whole = of(encoded(picture, "PNG"))
    smaller = encoded(picture.resize((90, 90), Image.Resampling.LANCZOS), "PNG")
    others = [of(encoded(picture, "JPEG", quality=60)), of(encoded(picture, "WEBP", quality=70)), of(smaller)]
    assert [(left, right) for left, right, _ in near_pairs([whole], others, SAME)] == [(0, 0), (0, 1), (0, 2)]
    assert whole.sha256 not in {other.sha256 for other in others}


def test_different_pictures_are_far_from_each_other() -> None:
    prints = [of(encoded(textured(seed), "PNG")) for seed in range(30)]
    assert near_pairs(prints[:15], prints[15:], SAME) == []


def test_flat_pictures_are_near_nothing() -> None:
    grey, white = (of(encoded(np.full((40, 40, 3), value, dtype=np.uint8), "PNG")) for value in (128, 255))
    assert grey.flat
    assert near_pairs([grey], [white, grey], SAME) == []


def test_the_bits_that_differ_are_counted() -> None:
    zero, three = Fingerprint("a", bytes(32)), Fingerprint("b", b"\x80" + bytes(30) + b"\x81")
    assert near_pairs([zero, three], [three], 3) == [(0, 0, 3), (1, 0, 0)]
    assert near_pairs([zero], [three], 2) == []
    assert near_pairs([], [three], 2) == []


def test_without_pixels_only_the_bytes_count() -> None:
    blind = fingerprint(b"abc", None)
    assert blind.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert near_pairs([blind], [blind], SAME) == []
