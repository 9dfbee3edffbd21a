"""Lists of images that are left out."""

import hashlib
import tarfile
from pathlib import Path

import pytest

from detector.evaluation.exclusion import read_exclusion
from detector.training.packs import PackError, read_packs
from tests.detector.training.packs_for_tests import make_pack


def kept(pack: Path, text: str) -> list[str]:
    path = pack.parent / "list.txt"
    path.write_text(text)
    return [sample.name for sample in read_exclusion(path).keep(read_packs([pack]))]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return make_pack(tmp_path / "pack", 1)


ALL = ["real0__000.jpg", "real1__001.jpg", "ai0__000.jpg", "ai1__001.jpg"]


def test_a_name_a_path_and_notes(pack: Path) -> None:
    assert kept(pack, "# those\n\nreal0__000.jpg\nai/ai1__001.jpg\nreal/ai0__000.jpg\n") == ALL[1:3]


def test_a_hash_whatever_follows_it(pack: Path) -> None:
    digests = [hashlib.sha256(sample.read()).hexdigest() for sample in read_packs([pack])]
    assert kept(pack, f"{digests[0]}  train/real/x.jpg\n{digests[3]}\n") == ALL[1:3]


def test_samples_of_a_tar_are_found_by_name_and_hash(pack: Path) -> None:
    digest = hashlib.sha256(read_packs([pack])[1].read()).hexdigest()
    archive = pack.parent / "pack.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(pack, "pack")
    assert kept(archive, f"{digest}\nai0__000.jpg\n") == [ALL[0], ALL[3]]


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"\xff\xfe\x00"])
def test_a_list_that_lists_nothing_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "list.txt").write_bytes(content)
    with pytest.raises(PackError):
        read_exclusion(tmp_path / "list.txt")


def test_a_missing_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="cannot be read"):
        read_exclusion(tmp_path / "none.txt")
