"""Labelled images out of folders and tar files."""

import tarfile
from pathlib import Path

import pytest

from detector.training.packs import PackError, Sample, hold_out, read_packs, source_of
from tests.detector.training.packs_for_tests import make_pack


def triples(samples: list[Sample]) -> list[tuple[str, str, int]]:
    return [(sample.name, sample.source, sample.label) for sample in samples]


def test_a_folder_per_class_is_read_with_sources(tmp_path: Path) -> None:
    samples = read_packs([make_pack(tmp_path / "pack", 1)])
    assert triples(samples) == [
        ("real0__000.jpg", "real0", 0),
        ("real1__001.jpg", "real1", 0),
        ("ai0__000.jpg", "ai0", 1),
        ("ai1__001.jpg", "ai1", 1),
    ]


@pytest.mark.parametrize("suffix", ["tar", "tar.xz"])
def test_a_tar_gives_the_same_as_its_folder(tmp_path: Path, suffix: str) -> None:
    folder = make_pack(tmp_path / "pack", 2)
    archive = tmp_path / f"pack.{suffix}"
    with tarfile.open(archive, "w:xz" if suffix.endswith("xz") else "w") as tar:
        tar.add(folder, "pack")
    from_tar, from_folder = read_packs([archive]), read_packs([folder])
    assert triples(from_tar) == triples(from_folder)
    assert [sample.read() for sample in from_tar] == [sample.read() for sample in from_folder]


@pytest.mark.parametrize(("name", "label"), [("REAL", 0), ("FAKE", 1), ("fake", 1), ("EDITED", 1), ("edited", 1)])
def test_a_class_is_known_by_each_of_its_names(tmp_path: Path, name: str, label: int) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "a__1.png").write_bytes(b"")
    assert [sample.label for sample in read_packs([tmp_path])] == [label]


def test_masks_and_hidden_files_are_left_alone(tmp_path: Path) -> None:
    for place in ("mask/a__1.png", "real/.DS_Store", "real/a__1.jpg", "notes.txt"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_bytes(b"x")
    assert triples(read_packs([tmp_path])) == [("a__1.jpg", "a", 0)]


def test_a_file_without_a_source_is_unnamed() -> None:
    assert source_of("photograph.jpg") == "unnamed"
    assert source_of("a__b__c.jpg") == "a"


def test_a_path_without_images_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    with pytest.raises(PackError, match="holds no folder"):
        read_packs([tmp_path])
    with pytest.raises(PackError, match="neither a folder nor a tar"):
        read_packs([tmp_path / "missing.tar"])


def test_the_split_keeps_every_sample_once_and_whole_sources_out(tmp_path: Path) -> None:
    samples = read_packs([make_pack(tmp_path / "pack", 40)])
    training, held = hold_out(samples, 0.2, {"ai1"})
    assert sorted(triples(training) + triples(held)) == sorted(triples(samples))
    assert "ai1" not in {sample.source for sample in training}
    others = [sample for sample in held if sample.source != "ai1"]
    assert 10 <= len(others) <= 40


def test_an_image_stays_on_its_side_whatever_else_is_there(tmp_path: Path) -> None:
    samples = read_packs([make_pack(tmp_path / "pack", 20)])
    _, held = hold_out(samples, 0.3, set())
    _, held_of_half = hold_out(samples[::2], 0.3, set())
    assert triples(held_of_half) == [row for row in triples(held) if row in triples(samples[::2])]


def test_nothing_is_held_when_nothing_is_asked(tmp_path: Path) -> None:
    samples = read_packs([make_pack(tmp_path / "pack", 3)])
    assert hold_out(samples, 0.0, set()) == (samples, [])
