"""Parquet tables as the Hugging Face hub publishes them; pyarrow is an optional package."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from detector.data.prepare import prepare
from detector.data.sources import DataError
from tests.detector.data.archives_for_tests import names, picture

CIFAKE = {"info": {"features": {"label": {"_type": "ClassLabel", "names": ["FAKE", "REAL"]}}}}


def write(path: Path, rows: list[dict[str, Any]], features: dict[str, Any] | None = None) -> None:
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is an optional package")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = arrow.Table.from_pylist(rows)
    if features is not None:
        table = table.replace_schema_metadata({"huggingface": json.dumps(features)})
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(table, path)


def row(seed: int, label: Any, name: str | None = None) -> dict[str, Any]:
    return {"image": {"bytes": picture(seed), "path": name}, "label": label}


def test_without_pyarrow_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    (tmp_path / "train-0.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match="pip install pyarrow"):
        prepare("cifake", tmp_path, tmp_path.parent / "pack")
    assert names(tmp_path) == ["train-0.parquet"]


def test_a_hub_folder_is_read_with_its_label_names(tmp_path: Path) -> None:
    for split, first in (("train", 0), ("test", 10)):
        rows = [row(first, 0, "a.png"), row(first + 1, 1), row(first + 2, 1, "../b.png")]
        write(tmp_path / "hub" / "data" / f"{split}-00000-of-00001.parquet", rows, CIFAKE)
    report = prepare("cifake", tmp_path / "hub", tmp_path / "pack")
    assert report["counts"]["train/ai"] == {"sd14": 1}
    assert names(tmp_path / "pack/train") == [
        "ai/sd14__a.png",
        "real/cifar10__b.png",
        "real/cifar10__train-00000-of-00001-000001.png",
    ]
    assert (tmp_path / "pack/test/ai/sd14__a.png").read_bytes() == picture(10)


def test_labels_in_words_and_images_as_bytes(tmp_path: Path) -> None:
    rows = [{"img": picture(n), "class": label} for n, label in enumerate(("real", "ai", "real", "ai"))]
    write(tmp_path / "train.parquet", rows)
    report = prepare("folder", tmp_path / "train.parquet", tmp_path / "pack")
    assert report["counts"] == {"train/ai": {"train": 2}, "train/real": {"train": 2}}


def test_a_row_without_an_image_is_a_row_of_the_report(tmp_path: Path) -> None:
    write(
        tmp_path / "train.parquet",
        [row(1, "real"), row(2, "ai"), {"image": {"bytes": None, "path": "x"}, "label": "ai"}],
    )
    report = prepare("folder", tmp_path / "train.parquet", tmp_path / "pack")
    assert report["rejected"] == [{"file": "train/ai/x", "reason": "The row holds no image."}]


def test_numbers_without_names_are_not_guessed(tmp_path: Path) -> None:
    write(tmp_path / "train.parquet", [row(1, 0), row(2, 1)])
    with pytest.raises(DataError, match="Other folders in it: train/0, train/1"):
        prepare("folder", tmp_path / "train.parquet", tmp_path / "pack")


def test_a_table_without_images_or_cut_short_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "train.parquet", [{"text": "a", "label": "real"}])
    with pytest.raises(DataError, match="columns text, label"):
        prepare("folder", tmp_path / "train.parquet", tmp_path / "pack")
    content = (tmp_path / "train.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match="cannot be read as a parquet file"):
        prepare("folder", tmp_path / "cut.parquet", tmp_path / "pack")
