"""CIFAKE's parts, lists, leaks, and the two tasks of its EDITED images."""

from collections import Counter
from pathlib import Path

import pytest

from detector.training.packs import PackError, Sample, read_packs
from detector.training.tasks import Task, Unedited, edited_task, leaked, of_lists
from tests.detector.training.references.cifake_for_tests import make_edited, make_part


def counted(samples: list[Sample]) -> dict[tuple[str, int], int]:
    return dict(Counter((sample.source, sample.label) for sample in samples))


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return make_part(tmp_path / "train", range(6))


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    return make_edited(tmp_path / "train-real-edited", range(4), unedited=1)


@pytest.mark.parametrize(("task", "other"), [(Task.REAL_VS_EDITED, "real"), (Task.FAKE_VS_EDITED, "fake")])
def test_one_means_edited_and_zero_the_other_class(part: Path, edited: Path, task: Task, other: str) -> None:
    samples = edited_task(task, part, edited)
    assert counted(samples) == {(other, 0): 6, ("edited", 1): 4}
    assert {sample.path.parent.name for sample in samples} == {other.upper(), "EDITED"}


def test_an_edit_that_changed_nothing_can_be_labelled_so_or_left_out(part: Path, edited: Path) -> None:
    task = Task.REAL_VS_EDITED
    relabelled = edited_task(task, part, edited, Unedited.RELABEL)
    assert counted(relabelled) == {("real", 0): 6, ("edited", 1): 3, ("unedited", 0): 1}
    assert [sample.name for sample in relabelled if sample.source == "unedited"] == ["0000.png"]
    assert counted(edited_task(task, part, edited, Unedited.DROP)) == {("real", 0): 6, ("edited", 1): 3}


def test_originals_may_lie_elsewhere_and_a_missing_one_leaves_an_edit_an_edit(tmp_path: Path, edited: Path) -> None:
    few = make_part(tmp_path / "few", range(2, 4))
    whole = make_part(tmp_path / "whole", range(4)) / "REAL"
    task = Task.FAKE_VS_EDITED
    assert counted(edited_task(task, few, edited, Unedited.DROP)) == {("fake", 0): 2, ("edited", 1): 4}
    assert counted(edited_task(task, few, edited, Unedited.DROP, whole)) == {("fake", 0): 2, ("edited", 1): 3}


def test_a_folder_that_lacks_what_a_task_needs_is_refused(tmp_path: Path, part: Path, edited: Path) -> None:
    with pytest.raises(PackError, match="no images of the other class of real-vs-edited"):
        edited_task(Task.REAL_VS_EDITED, edited, edited)
    with pytest.raises(PackError, match="has no folder REAL"):
        edited_task(Task.FAKE_VS_EDITED, edited.parent / "train" / "FAKE", edited, Unedited.DROP)
    with pytest.raises(PackError, match="neither a folder nor a tar file"):
        edited_task(Task.REAL_VS_EDITED, part, tmp_path / "nothing")


def test_lists_choose_within_their_own_class(part: Path) -> None:
    chosen = of_lists(read_packs([part]), real={"0001.png"}, fake={"0002.png", "0003.png", "none.png"})
    assert [(sample.label, sample.name) for sample in chosen] == [(0, "0001.png"), (1, "0002.png"), (1, "0003.png")]


def test_leaks_are_found_by_their_bytes_whatever_their_names(tmp_path: Path, part: Path) -> None:
    test = make_part(tmp_path / "test", range(10, 13))
    (test / "FAKE" / "0099.png").write_bytes((part / "FAKE" / "0003.png").read_bytes())
    samples = read_packs([test])
    assert [samples[place].name for place in leaked(samples, read_packs([part]))] == ["0099.png"]
