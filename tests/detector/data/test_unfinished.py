"""A target appears whole or not at all."""

import fcntl
from pathlib import Path

import pytest

from detector.data.sources import DataError
from detector.data.unfinished import unfinished
from tests.detector.data.archives_for_tests import names


def _stopped_after(path: Path) -> None:
    path.write_text("a")
    raise KeyboardInterrupt


def test_the_target_appears_when_all_is_done_and_not_before(tmp_path: Path) -> None:
    with unfinished(tmp_path / "deep" / "pack") as part:
        (part / "a.txt").write_text("a")
        assert not (tmp_path / "deep" / "pack").exists()
    assert names(tmp_path) == ["deep/pack/a.txt"]


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), unfinished(tmp_path / "pack") as part:
        _stopped_after(part / "a.txt")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / "pack.part"
    (left / "train").mkdir(parents=True)
    (left / ".unfinished").touch()
    (left / "train" / "old.txt").write_text("old")
    (left / "old.txt").write_text("old")
    with unfinished(tmp_path / "pack") as part:
        (part / "new.txt").write_text("new")
    assert names(tmp_path) == ["pack/new.txt"]


def test_what_is_somebody_elses_stays(tmp_path: Path) -> None:
    for name in ("pack", "other.part"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.txt").write_text("mine")
    for target, said in (("pack", "exists already"), ("other", "did not make it")):
        with pytest.raises(DataError, match=said), unfinished(tmp_path / target):
            pytest.fail("the block must not run")
    assert names(tmp_path) == ["other.part/mine.txt", "pack/mine.txt"]


def test_two_runs_at_once_do_not_mix(tmp_path: Path) -> None:
    (tmp_path / "pack.part").mkdir()
    with (tmp_path / "pack.part" / ".unfinished").open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        with pytest.raises(DataError, match="another run"), unfinished(tmp_path / "pack"):
            pytest.fail("the block must not run")


def test_a_target_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written"), unfinished(tmp_path / "file" / "pack"):
        pytest.fail("the block must not run")
