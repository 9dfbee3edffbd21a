"""Measurements are remembered between processes, and nothing that lies in the folder can harm."""

from pathlib import Path

import pytest
import torch

from detector.engines.memory import Measured, Memory, key_of

CPU = torch.device("cpu")
MEASURED = Measured({"torch": 20.5, "onnxruntime": 9.25}, {"other": "not installed"})


def test_another_process_recalls_what_was_kept(tmp_path: Path) -> None:
    Memory(tmp_path / "made").keep("key", MEASURED)
    assert Memory(tmp_path / "made").recall("key") == MEASURED
    assert MEASURED.fastest == "onnxruntime"


def test_nothing_is_known_under_another_key(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.keep("key", MEASURED)
    assert memory.recall("other") is None


def test_without_a_folder_it_is_kept_for_the_objects_life() -> None:
    memory = Memory(None)
    memory.keep("key", MEASURED)
    assert memory.recall("key") == MEASURED
    assert Memory(None).recall("key") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        "\x00",
        '{"milliseconds": {}, "refused": {}}',
        '{"milliseconds": {"torch": "fast"}, "refused": {}}',
        '{"milliseconds": {"torch": null}, "refused": {}}',
        '{"milliseconds": {"torch": 1}}',
        '{"milliseconds": 3, "refused": {}}',
    ],
)
def test_what_cannot_be_understood_was_not_measured(tmp_path: Path, text: str) -> None:
    (tmp_path / "key.json").write_text(text)
    assert Memory(tmp_path).recall("key") is None


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = Memory(tmp_path / "file" / "below")
    memory.keep("key", MEASURED)
    assert memory.recall("key") == MEASURED


def test_the_key_changes_with_all_that_decides_speed() -> None:
    one = key_of("mobilenet_v2", 224, CPU, 2)
    assert one == key_of("mobilenet_v2", 224, CPU, 2)
    others = {
        key_of("resnet18", 224, CPU, 2),
        key_of("mobilenet_v2", 64, CPU, 2),
        key_of("mobilenet_v2", 224, CPU, 1),
    }
    assert len(others | {one}) == 4
