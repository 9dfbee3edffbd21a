"""The measurement of intake: what is filed, how ratios are taken, and that the pictures weigh what they should."""

import hashlib
from pathlib import Path

import pytest

from bench import filing, pictures
from bench.intake import Cost, lines
from detector.images import ImageRefused
from tests.factories import picture

SIZE = 200_000


def test_filing_stores_each_file_under_its_content(tmp_path: Path) -> None:
    made = [picture(shade=shade, format_="JPEG") for shade in range(3)]
    (tmp_path / "from").mkdir()
    for at, data in enumerate(made):
        (tmp_path / "from" / f"{at}.jpg").write_bytes(data)

    told = filing.main(tmp_path / "from", tmp_path / "to", 2)

    assert set(told) == {"seconds", "processor"}
    assert {one.name: one.read_bytes() for one in (tmp_path / "to").iterdir()} == {
        hashlib.sha256(data).hexdigest(): data for data in made
    }


def test_filing_decodes_what_it_stores(tmp_path: Path) -> None:
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "0.jpg").write_bytes(picture(format_="JPEG"))
    (tmp_path / "from" / "1.jpg").write_bytes(b"these are words")

    with pytest.raises(ImageRefused):
        filing.main(tmp_path / "from", tmp_path / "to", 1)


def test_ratios_are_taken_in_each_round_before_the_median() -> None:
    rounds = [
        (Cost(10, 1.0, 0.5), Cost(10, 2.0, 1.5)),
        (Cost(10, 2.0, 1.0), Cost(10, 8.0, 2.0)),
        (Cost(10, 4.0, 2.0), Cost(10, 12.0, 8.0)),
    ]

    written = lines(rounds)

    assert "| decoded and stored | 5.0 | 100.0 |" in written
    assert "| accepted submissions | 1.2 | 200.0 |" in written
    assert "| **times the file's own** | **3.00** | **3.00** |" in written


def test_pictures_weigh_about_what_was_asked_and_no_two_are_alike() -> None:
    made = pictures.weighing(SIZE, 40) + pictures.weighing(SIZE, 40, first=40)

    assert all(abs(len(one) - SIZE) < SIZE / 4 for one in made)
    assert len(set(made)) == 80
