"""The images of a row: what it trains on, and what it is tested on once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from detector.training.packs import PackError, Sample, read_packs
from detector.training.references.rows import Protocol, Row
from detector.training.tasks import edited_task, leaked, of_lists


@dataclass(frozen=True)
class Places:
    """Where the data lie. `lists`: the folder of `list-train-<subset>-REAL.txt` and `-FAKE.txt`; `edited` and
    `test_edited`: folders of EDITED images; `folders`: further test folders by name."""

    data: Path
    test: Path | None = None
    lists: Path | None = None
    edited: Path | None = None
    test_edited: Path | None = None
    folders: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Images:
    """`test` by name; `leaked`: places in the official test of files that stand byte by byte in the training data."""

    training: Sequence[Sample]
    available: int
    test: Mapping[str, Sequence[Sample]]
    leaked: set[int]


OFFICIAL = "test"


def images_of(row: Row, places: Places) -> Images:
    """Read what a row needs. Raises PackError when a folder or list that it needs is not given or empty."""
    everything = read_packs([places.data])
    training = _subset(row, places, everything)
    if row.protocol is Protocol.FOLDS:
        return Images(training, len(everything), {}, set())
    if row.protocol is Protocol.EDITED:
        return _edited(row, places, training, len(everything))
    test = {name: read_packs([path]) for name, path in places.folders.items()}
    if places.test is not None or row.protocol is not Protocol.FOLDERS:
        test = {OFFICIAL: read_packs([_needed(places.test, "--test")]), **test}
    if not test:
        raise PackError("This row needs --folder or --test.")
    return Images(training, len(everything), test, leaked(test.get(OFFICIAL, []), everything))


def in_memory(samples: Sequence[Sample]) -> list[Sample]:
    """The samples with their files' bytes, for data that is gone over many times."""
    return [replace(sample, data=sample.read()) for sample in samples]


def _subset(row: Row, places: Places, samples: Sequence[Sample]) -> list[Sample]:
    if row.subset is None:
        return list(samples)
    found = of_lists(
        samples, *(lines_of(_needed(places.lists, "--lists"), row.subset, name) for name in ("REAL", "FAKE"))
    )
    if not found:
        raise PackError(f"None of the images that the {row.subset} lists name is in {places.data}.")
    return found


def lines_of(lists: Path, subset: str, name: str) -> set[str]:
    """The file names in `list-train-<subset>-<name>.txt`. Raises PackError where that cannot be read."""
    path = lists / f"list-train-{subset}-{name}.txt"
    try:
        return set(path.read_text().split("\n")) - {""}
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{path} cannot be read.") from error


def _edited(row: Row, places: Places, training: list[Sample], available: int) -> Images:
    if row.task is None:
        raise PackError(f"{row.name} names no task.")
    edited, marked = _needed(places.edited, "--edited"), _needed(places.test_edited, "--test-edited")
    train_names = {sample.name for sample in training if sample.label == int(row.task.value.startswith("fake"))}
    whole = edited_task(row.task, places.data, edited)
    chosen = [sample for sample in whole if sample.label == 1 or sample.name in train_names]
    test = edited_task(row.task, _needed(places.test, "--test"), marked)
    return Images(chosen, available, {OFFICIAL: test}, leaked(test, whole))


def _needed(path: Path | None, option: str) -> Path:
    if path is None:
        raise PackError(f"This row needs {option}.")
    return path
