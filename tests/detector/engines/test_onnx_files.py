"""Exported models are kept whole, by what they were made of, inside their folder."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from detector.engines.onnx_export import OnnxFiles, write_whole


def test_a_model_is_found_by_what_it_was_made_of(tmp_path: Path) -> None:
    OnnxFiles(tmp_path / "made").keep("net aaaa", 64, b"model")
    files = OnnxFiles(tmp_path / "made")
    assert files.kept("net aaaa", 64) == b"model"
    assert files.kept("net aaaa", 65) is None
    assert files.kept("net bbbb", 64) is None


def test_what_nobody_can_name_is_not_kept(tmp_path: Path) -> None:
    OnnxFiles(tmp_path).keep("", 64, b"model")
    assert list(tmp_path.iterdir()) == []
    assert OnnxFiles(tmp_path).kept("", 64) is None
    OnnxFiles(None).keep("net", 64, b"model")
    assert OnnxFiles(None).kept("net", 64) is None


def test_a_hostile_name_stays_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    OnnxFiles(folder).keep("../../../etc/net\x00", 64, b"model")
    assert [path.parent for path in tmp_path.rglob("*.onnx")] == [folder]
    assert OnnxFiles(folder).kept("../../../etc/net\x00", 64) == b"model"


def test_a_folder_that_cannot_be_used_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    files = OnnxFiles(tmp_path / "file" / "below")
    files.keep("net", 64, b"model")
    assert files.kept("net", 64) is None


def test_who_reads_while_others_write_reads_a_whole_model(tmp_path: Path) -> None:
    path = tmp_path / "model"
    contents = [bytes([number]) * 200_000 for number in range(8)]
    write_whole(path, contents[0])

    def write_and_read(content: bytes) -> bytes:
        write_whole(path, content)
        return path.read_bytes()

    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(write_and_read, contents * 5))
    assert set(read) <= set(contents)
    assert list(tmp_path.iterdir()) == [path]
