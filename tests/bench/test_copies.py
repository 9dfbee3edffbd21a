"""What the bench says of copies is counted from pictures."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench import copies
from bench.copies import EDITS, Seen
from tests.matching.hashes_for_tests import packed, random_hashes, with_flipped

HASH = random_hashes(1)[0]


def seen(name: str, flipped: int, small: list[float], crops: int = 0) -> Seen:
    hashes = [packed(with_flipped(HASH, range(flipped)))]
    return Seen(name, hashes, hashes * crops, np.array(small, np.float32))


def photograph(folder: Path) -> Path:
    path = folder / "a.png"
    with Image.open(Path(__file__).resolve().parents[2] / "samples" / "coffee.jpg") as image:
        image.resize((300, 200)).save(path)
    return path


def test_pairs_are_counted_once_and_split_by_their_pixels() -> None:
    pictures = [seen("a", 0, [1, 2, -3]), seen("b", 4, [1, 2.1, -3], crops=2), seen("c", 8, [-3, 1, 2])]

    assert copies.false_matches(pictures) == ([("a", "b")], [("a", "c"), ("b", "c")])


def test_pictures_that_are_far_are_no_pair() -> None:
    assert copies.false_matches([seen("a", 0, [1.0]), seen("b", 31, [1.0])]) == ([], [])


def test_flat_picture_without_a_hash_is_near_nothing() -> None:
    flat = Seen("flat", [], [], np.zeros(3, np.float32))

    assert copies.false_matches([flat, seen("a", 0, [1, 2, 3]), flat]) == ([], [])


def test_every_change_is_made_and_measured(tmp_path: Path) -> None:
    found = copies.survival(photograph(tmp_path))

    assert found is not None
    assert found.keys() == EDITS.keys()
    assert found["JPEG, quality 60"] <= 8 < found["mirrored"]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("half the size", (150, 100)),
        ("10 % of width and height off, around the middle", (270, 180)),
        ("10 % off one side", (270, 200)),
        ("10 % of width and height off, anywhere", (270, 180)),
        ("caption bar below, white", (300, 230)),
        ("caption bar over the lowest tenth", (300, 200)),
    ],
)
def test_change_is_what_it_is_called(tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    with Image.open(photograph(tmp_path)) as picture:
        assert EDITS[name](picture.convert("RGB")).size == size


def test_what_is_no_picture_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    (tmp_path / "b.txt").write_bytes(b"text")

    assert copies.found_in([tmp_path]) == [tmp_path / "a.jpg"]
    assert copies.look(tmp_path / "a.jpg") is None
    assert copies.survival(tmp_path / "a.jpg") is None
