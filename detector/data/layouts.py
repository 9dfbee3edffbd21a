"""How the published data sets are laid out, and where each of their files belongs in a pack.

What a folder means is known by its name, wherever it stands in the path, so that an archive that wraps its folders in
others, or writes `Real` for `REAL`, is read as well.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from detector.data.sources import DataError, EntryRefused

TRAIN, VALID, TEST = "train", "valid", "test"
REAL, AI, EDITED = "real", "ai", "edited"
SPLITS = {TRAIN: TRAIN, "training": TRAIN, VALID: VALID, "validation": VALID, "val": VALID, "dev": VALID}
SPLITS |= {TEST: TEST, "testing": TEST}
LABELS = {
    REAL: "real 0_real reals real_images training_real authentic genuine original originals human natural nature photo "
    "photos photograph photographs au real_art real_faces",
    AI: "ai 1_fake fake fakes fake_images training_fake synthetic generated ai_generated ai_generated_images ai_images "
    "artificial ai_art fake_faces",
    EDITED: "edited tampered manipulated forged tp",
}
_LABEL_OF = {name: label for label, names in LABELS.items() for name in names.replace("_", "").split()}
_IMAGES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif", ".heic", ".heif", ""}
_EDITED_SET = re.compile(r"(train|test)-((?:real|fake)-edited)")


@dataclass(frozen=True)
class Place:
    """Where a file belongs: split ("" where the source has none), label, source and the file's own name in it."""

    split: str
    label: str
    source: str
    stem: str


@dataclass(frozen=True)
class Layout:
    """A published data set: the sources of its labels, the splits that it has to have, what it looks like, in words.

    `near`: two files in different splits are the same picture when their perceptual hashes differ in this many of 256
    bits at most; None: only the very same bytes count. `keep_leaked`: the official splits are kept as they are, and
    test images that stand in training too are listed instead of taken from training.
    """

    name: str
    expected: str
    sources: Mapping[str, str] = field(default_factory=dict)
    splits: tuple[str, ...] = ()
    near: int | None = 24
    keep_leaked: bool = False


LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout(
            "cifake",
            "train/REAL, train/FAKE, test/REAL and test/FAKE; edited sets are in train-real-edited/EDITED and the like",
            {REAL: "cifar10", AI: "sd14"},
            (TRAIN, TEST),
            near=None,
            keep_leaked=True,
        ),
        Layout(
            "faces-140k",
            "real_vs_fake/real-vs-fake/{train,valid,test}/{real,fake}",
            {REAL: "ffhq140k", AI: "stylegan140k"},
            (TRAIN, VALID, TEST),
        ),
        Layout("realifake", "a folder of real and one of fake images, in train, valid and test or not split at all"),
        Layout("folder", "a folder for each class, named real and ai, fake or edited, in train, valid and test or not"),
    )
}


def layout(name: str) -> Layout:
    """The layout of that name. Raises DataError."""
    if name not in LAYOUTS:
        raise DataError(f"{name} is none of {', '.join(LAYOUTS)}.")
    return LAYOUTS[name]


def place(path: PurePosixPath, known: Layout, names: Mapping[str, str], default_source: str) -> Place | None:
    """Where a file of a source belongs, or None when it is no labelled image by its path.

    `names`: further folder names, normalised by `plain`, and the label that each means. Raises EntryRefused for a path
    that names two classes.
    """
    if path.suffix.lower() not in _IMAGES or path.name.startswith("."):
        return None
    folders = path.parts[:-1]
    labels = [(at, label) for at, part in enumerate(folders) if (label := names.get(plain(part)) or _label(part))]
    if not labels:
        return None
    at, label = labels[-1]
    if len({one for _, one in labels}) > 1:
        raise EntryRefused(f"Its path names several classes: {' and '.join(folders[place] for place, _ in labels)}.")
    edited_set = next((found for part in folders if (found := _EDITED_SET.fullmatch(part.lower()))), None)
    if edited_set is not None and label == EDITED:
        return Place(f"edits-{edited_set[1]}", EDITED, edited_set[2], path.stem)
    split = next((SPLITS[plain(part)] for part in reversed(folders) if plain(part) in SPLITS), "")
    inner = [part for part in folders[at + 1 :] if plain(part) not in SPLITS]
    named, separator, rest = path.stem.partition("__")
    source = named if separator else known.sources.get(label) or (inner[0] if inner else default_source)
    return Place(split, label, source, rest if separator else path.stem)


def plain(name: str) -> str:
    """A folder's name in lower case, without hyphens, underscores and spaces."""
    return re.sub(r"[-_ ]", "", name.lower())


def _label(part: str) -> str | None:
    return _LABEL_OF.get(plain(part))
