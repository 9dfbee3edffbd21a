"""CIFAKE's edited sets: no leak, and no edit that is none."""

from pathlib import Path

import pytest

from detector.training.edits.cifake import file_sizes, read_parts
from detector.training.packs import PackError
from detector.training.tasks import Task
from tests.detector.pictures import encoded, noise


def write(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(noise(32, 32, seed), "PNG"))


@pytest.fixture
def sets(tmp_path: Path) -> tuple[Path, Path]:
    """Three real, three fake and three edited images in each split; one edit of each set is its original."""
    images, edits = tmp_path / "images", tmp_path / "edits"
    for number, split in enumerate(("train", "test")):
        for at in range(3):
            write(images / split / "REAL" / f"{at}.png", 100 * number + at)
            write(images / split / "FAKE" / f"{at}.png", 100 * number + 10 + at)
            for kind in ("real", "fake"):
                seed = 100 * number + (at if at == 2 else 20 + at)
                write(edits / split / f"{split}-{kind}-edited" / "EDITED" / f"{at}.png", seed)
    return images, edits


def test_an_edit_that_changes_nothing_is_real(sets: tuple[Path, Path]) -> None:
    parts = read_parts(Task.REAL_VS_EDITED, *sets)
    assert [(one.name, one.label) for one in parts.test if one.source != "real"] == [
        ("0.png", 1),
        ("1.png", 1),
        ("2.png", 0),
    ]


def test_against_generated_images_it_is_left_out(sets: tuple[Path, Path]) -> None:
    parts = read_parts(Task.FAKE_VS_EDITED, *sets)
    assert [(one.source, one.label) for one in parts.test] == [("fake", 0)] * 3 + [("edited", 1)] * 2


def test_copies_are_neither_twice_in_training_nor_in_the_test(sets: tuple[Path, Path]) -> None:
    images, edits = sets
    write(images / "train" / "FAKE" / "again.png", 10)
    write(images / "test" / "FAKE" / "leak.png", 10)
    parts = read_parts(Task.FAKE_VS_EDITED, images, edits)
    assert len(parts.training) == 5
    assert (len(parts.test), parts.copies) == (5, 1)


def test_a_list_names_the_other_classs_training_files(sets: tuple[Path, Path]) -> None:
    parts = read_parts(Task.FAKE_VS_EDITED, *sets, listed={"1.png"})
    assert [(one.source, one.name) for one in parts.training] == [
        ("fake", "1.png"),
        ("edited", "0.png"),
        ("edited", "1.png"),
    ]
    assert sum(one.source == "fake" for one in parts.test) == 3


def test_sizes_are_those_of_the_files(sets: tuple[Path, Path]) -> None:
    samples = read_parts(Task.FAKE_VS_EDITED, *sets).test
    assert file_sizes(samples).tolist() == [one.path.stat().st_size for one in samples]


def test_a_missing_set_is_refused(sets: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(PackError):
        read_parts(Task.FAKE_VS_EDITED, sets[0], tmp_path / "none")
