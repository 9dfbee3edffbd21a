"""Rows of a parquet table of images, as the Hugging Face hub publishes them.

A column holds the image, as bytes or as {bytes, path}, another its label: a name, or a number whose name stands in the
table's "huggingface" metadata. The split is what the file's name begins with: `train-00000-of-00002.parquet`.
"""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from detector.data.sources.base import MOST_BYTES, DataError, Entry, EntryRefused

_IMAGES = ("image", "img", "bytes", "jpg", "png", "picture", "data")
_LABELS = ("label", "labels", "class", "target", "label_a")
_ROWS = 256


def parquet_entries(path: Path) -> Iterator[Entry]:
    """A file `<split>/<label>/<name>` for each row. Raises DataError without pyarrow, an image or a label column."""
    table = _open(path)
    image, label = _column(path, table, _IMAGES), _column(path, table, _LABELS)
    names, split = _label_names(table, label), path.stem.partition("-")[0]
    for number, row in enumerate(_rows(path, table, [image, label])):
        value = row[label]
        shown = names[value] if isinstance(value, int) and 0 <= value < len(names) else str(value)
        yield Entry(_path(split, shown, row[image], f"{path.stem}-{number:06d}"), partial(_bytes, row[image]))


def _rows(path: Path, table: Any, columns: list[str]) -> Iterator[dict[str, Any]]:
    batches = table.iter_batches(batch_size=_ROWS, columns=columns)
    while True:
        try:
            batch = next(batches, None)
        except (ValueError, OSError) as error:  # every ArrowException that a damaged table raises is one of these
            raise DataError(f"{path} is damaged: {error}.") from error
        if batch is None:
            return
        yield from batch.to_pylist()


def _open(path: Path) -> Any:
    try:
        from pyarrow.parquet import ParquetFile  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise DataError(f"{path} needs the package pyarrow, which is not installed: pip install pyarrow.") from error
    try:
        return ParquetFile(path)
    except (ValueError, OSError) as error:
        raise DataError(f"{path} cannot be read as a parquet file: {error}.") from error


def _column(path: Path, table: Any, known: tuple[str, ...]) -> str:
    names = [str(name) for name in table.schema_arrow.names]
    found = [name for wanted in known for name in names if name.lower() == wanted]
    if not found:
        raise DataError(f"{path} has the columns {', '.join(names)}; one must be named {' or '.join(known)}.")
    return found[0]


def _label_names(table: Any, column: str) -> list[str]:
    try:
        features = json.loads(table.schema_arrow.metadata[b"huggingface"])["info"]["features"]
        return [str(name) for name in features[column]["names"]]
    except (KeyError, TypeError, ValueError):
        return []


def _path(split: str, label: str, image: Any, number: str) -> PurePosixPath:
    given = image.get("path") if isinstance(image, dict) else None
    name = PurePosixPath(str(given)).name if given else number
    return PurePosixPath(split) / label.replace("/", "-") / (name or number)


def _bytes(image: Any) -> bytes:
    data = image.get("bytes") if isinstance(image, dict) else image
    if not isinstance(data, bytes):
        raise EntryRefused("The row holds no image.")
    if len(data) > MOST_BYTES:
        raise EntryRefused(f"It has {len(data)} bytes; at most {MOST_BYTES} are accepted.")
    return data
