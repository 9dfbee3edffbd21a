"""Every row of the reproductions: which recipe on which data, and what its authors measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from detector.training.tasks import Task


class Protocol(StrEnum):
    """How a row is trained and tested."""

    SPLIT = "split"
    EDITED = "edited"
    FOLDERS = "folders"
    FOLDS = "folds"


@dataclass(frozen=True)
class Row:
    """`subset`: the list of CIFAKE's training images, all of the data where it is None. `theirs`: their own figure."""

    name: str
    recipe: str
    theirs: str
    example: str
    protocol: Protocol = Protocol.SPLIT
    subset: str | None = None
    task: Task | None = None


class RowError(ValueError):
    """A name that no row bears."""


_CIFAKE = "--data cifake/train --test cifake/test"
_LISTS = f"{_CIFAKE} --lists lists"
_FACES = "--data faces/train --test faces/test"
_GENERAL = "--data general/train --test general/test"
_NONE = "none printed"


def _edited(recipe: str, task: Task) -> Row:
    kind = task.value.removesuffix("-vs-edited")
    example = f"{_LISTS} --edited train-{kind}-edited --test-edited test-{kind}-edited"
    name = f"{recipe.removesuffix('-edited')}-{task.value}"
    return Row(name, recipe, _NONE, example, Protocol.EDITED, "medium", task)


_ALL = (
    Row("villarreal-faces", "villarreal-faces", "98.08 % (chosen on its test set; 100,000 images)", _FACES),
    Row("villarreal-general", "villarreal-general", "93.56 %", _GENERAL),
    Row("cifake-convolutions-medium", "cifake-convolutions", "92.98 % on all images", _LISTS, subset="medium"),
    Row("cifake-dense-medium", "cifake-dense", "93.55 %, F1 0.936 on all images", _LISTS, subset="medium"),
    Row("cifake-convolutions-full", "cifake-convolutions", "92.98 %", _CIFAKE),
    Row("cifake-dense-full", "cifake-dense", "93.55 %, F1 0.936", _CIFAKE),
    Row("fakenet2-small", "fakenet2", "86.87 %", _LISTS, subset="small"),
    Row("fakenet2-medium", "fakenet2", _NONE, _LISTS, subset="medium"),
    Row("fakenet2-full", "fakenet2", _NONE, _CIFAKE),
    Row("fakenet2-three-pools-small", "fakenet2-three-pools", _NONE, _LISTS, subset="small"),
    Row("fakenet2-three-pools-medium", "fakenet2-three-pools", _NONE, _LISTS, subset="medium"),
    Row("fakenet-medium", "fakenet", _NONE, _LISTS, subset="medium"),
    _edited("fakenet2-edited", Task.REAL_VS_EDITED),
    _edited("fakenet2-edited", Task.FAKE_VS_EDITED),
    Row("resnet18-general", "resnet18", "99 % on its own set", _GENERAL),
    Row(
        "cross-generator",
        "fakenet2",
        _NONE,
        f"{_LISTS} --folder general=general/test --folder crossgen=general/crossgen",
        Protocol.FOLDERS,
        "medium",
    ),
    Row("few-shot", "fakenet2", "92.4 % / 92.3 %", "--data cifake/train --lists lists", Protocol.FOLDS, "small"),
    Row("attention-medium", "attention", "named as future work", _LISTS, subset="medium"),
)
ROWS: Mapping[str, Row] = {row.name: row for row in _ALL}


def row(name: str) -> Row:
    """The row of that name. Raises RowError."""
    if name not in ROWS:
        raise RowError(f"there is no row named {name!r}; known: {', '.join(ROWS)}")
    return ROWS[name]
