"""Archives made to harm: each is a row of the report or a clear refusal, and nothing lands outside the target."""

import io
import os
import shutil
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from detector.data.prepare import prepare
from detector.data.sources import DataError, base, entries
from tests.detector.data.archives_for_tests import as_folder, as_zip, names, picture

GOOD = {"train/real/1.png": picture(1), "train/ai/2.png": picture(2)}


def reasons(source: Path, target: Path) -> dict[str, str]:
    report = prepare("folder", source, target)
    assert report["counts"] == {"train/ai": {source.stem: 1}, "train/real": {source.stem: 1}}
    return {row["file"]: row["reason"] for row in report["rejected"]}


def test_paths_that_leave_the_archive_are_rows_and_write_nothing(tmp_path: Path) -> None:
    bad = ["../real/up.png", "/real/root.png", "a/../../real/in.png", "..\\real\\win.png", "C:/real/drive.png"]
    source = as_zip(tmp_path / "slip.zip", GOOD | {name: picture(3) for name in bad})
    found = reasons(source, tmp_path / "out" / "pack")
    assert len(found) == 5
    assert set(found.values()) == {"Its path is absolute.", "Its path leaves the archive."}
    assert names(tmp_path) == [
        "out/pack/report.json",
        *(f"out/pack/train/{n}" for n in ("ai/slip__2.png", "real/slip__1.png")),
        "slip.zip",
    ]


def test_harmful_names_become_harmless_ones(tmp_path: Path) -> None:
    files = {
        "train/real/a\nb;$(rm).png": picture(1),
        "train/ai/.. ..png": picture(2),
        f"train/ai/{'x' * 200}.png": picture(3),
    }
    prepare("folder", as_zip(tmp_path / "z.zip", files), tmp_path / "pack")
    made = names(tmp_path / "pack")
    assert "train/real/z__a-b--(rm).png" in made
    assert all(len(Path(name).name) < 130 for name in made)


def test_links_and_special_files_are_not_followed(tmp_path: Path) -> None:
    secret = as_folder(tmp_path / "secret", {"key.png": picture(9)})
    folder = as_folder(tmp_path / "in", GOOD)
    (folder / "train/real/link.png").symlink_to(secret / "key.png")
    (folder / "train/real/more").symlink_to(secret)
    os.mkfifo(folder / "train/ai/pipe.png")
    assert reasons(folder, tmp_path / "pack") == {
        "train/real/link.png": "It is a symbolic link.",
        "train/real/more": "It is a symbolic link.",
        "train/ai/pipe.png": "It is not a regular file.",
    }


def test_links_in_archives_are_rows(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("train/real/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    source = as_zip(tmp_path / "z.zip", GOOD)
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert reasons(source, tmp_path / "pack") == {"train/real/link.png": "It is a link or a special file."}
    tar = tmp_path / "t.tar"
    with tarfile.open(tar, "w") as archive:
        for name, kind in (("train/real/hard.png", tarfile.LNKTYPE), ("train/real/dev.png", tarfile.CHRTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        for name, content in GOOD.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    assert set(reasons(tar, tmp_path / "pack2").values()) == {"It is a link or a special file."}


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    files = GOOD | {"train/real/bomb.png": bytes(base.MOST_BYTES + 1)}
    found = reasons(as_zip(tmp_path / "bomb.zip", files), tmp_path / "pack")
    assert found["train/real/bomb.png"] == "It says that it has 20000001 bytes; at most 20000000 are accepted."


def test_a_size_that_lies_is_found_while_reading() -> None:
    with pytest.raises(base.EntryRefused, match="more than 20000000"):
        base.read_limited(io.BytesIO(bytes(base.MOST_BYTES + 1)), 10)


def test_broken_pictures_and_encrypted_members_are_rows(tmp_path: Path) -> None:
    files = GOOD | {"train/real/cut.png": picture(5)[:60], "train/ai/text.jpg": b"hello", "train/ai/empty.png": b""}
    source = as_zip(tmp_path / "z.zip", files | {"train/ai/secret.png": picture(6)})
    data = bytearray(source.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    source.write_bytes(bytes(data))
    assert reasons(source, tmp_path / "pack") == {
        "train/real/cut.png": "The image is damaged or incomplete.",
        "train/ai/text.jpg": "The file is not an image of an accepted type.",
        "train/ai/empty.png": "The file is not an image of an accepted type.",
        "train/ai/secret.png": "It is encrypted.",
    }


def test_a_member_whose_bytes_were_changed_is_a_row(tmp_path: Path) -> None:
    source = as_zip(tmp_path / "z.zip", {"train/real/bad.png": picture(7)} | GOOD)
    data = bytearray(source.read_bytes())
    data[60] ^= 255
    source.write_bytes(bytes(data))
    (reason,) = reasons(source, tmp_path / "pack").values()
    assert reason.startswith("It cannot be unpacked")


def test_a_path_that_names_two_classes_is_a_row(tmp_path: Path) -> None:
    source = as_folder(tmp_path / "in", GOOD | {"train/ai/photos/3.png": picture(3)})
    assert reasons(source, tmp_path / "pack") == {
        "train/ai/photos/3.png": "Its path names several classes: ai and photos."
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.zip", b"PK\x03\x04 and no more"),
        ("noise.zip", b"\x00" * 300),
        ("cut.tar.xz", b"\xfd7zXZ\x00 and no more"),
        ("empty.zip", b""),
        ("text.txt", b"hello"),
        ("bad.parquet", b"PAR1 not a table PAR1"),
    ],
)
def test_a_source_that_is_no_archive_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=name):
        prepare("folder", tmp_path / name, tmp_path / "pack")
    assert names(tmp_path) == [name]


def test_a_truncated_archive_leaves_no_pack(tmp_path: Path) -> None:
    files = {f"train/{label}/{n}.png": picture(n + 40 * (label == "ai")) for label in ("real", "ai") for n in range(20)}
    folder = as_folder(tmp_path / "in", files)
    with tarfile.open(tmp_path / "cut.tar", "w") as archive:
        archive.add(folder, "in")
    whole = (tmp_path / "cut.tar").read_bytes()
    (tmp_path / "cut.tar").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"cut\.tar"):
        prepare("folder", tmp_path / "cut.tar", tmp_path / "pack")
    assert not (tmp_path / "pack").exists()
    assert not (tmp_path / "pack.part").exists()


def test_a_source_of_rubbish_is_given_up(tmp_path: Path) -> None:
    files = {f"train/real/{n}.png": b"rubbish" for n in range(1002)}
    with pytest.raises(DataError, match="Most of its files cannot be used"):
        prepare("folder", as_zip(tmp_path / "z.zip", files), tmp_path / "pack")


def test_a_source_that_is_missing_or_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        entries(tmp_path / "none.zip")
    with pytest.raises(DataError, match="neither a folder nor a regular file"):
        entries(Path("/dev/zero"))


def test_a_folder_that_vanishes_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    folder = as_folder(tmp_path / "in", GOOD | {"a/1.png": picture(1)})
    found = entries(folder)
    assert next(found).path.as_posix() == "a/1.png"
    shutil.rmtree(folder)
    with pytest.raises(DataError, match="cannot be listed"):
        list(found)
