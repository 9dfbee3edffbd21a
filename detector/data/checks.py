"""Guards that a pack has to pass before figures on it mean anything."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detector.data.fingerprints import Fingerprint, fingerprint, near_pairs
from detector.data.giveaways import FEATURES, features_of, giveaway, shuffled
from detector.data.sources import DataError
from detector.images import ImageRefused, Limits, read
from detector.training.packs import Sample

NEAR = 24
_LIMITS = Limits(min_side=8)
_THUMBNAIL = 8
_LEAST = 20
Progress = Callable[[int, int | None], None]


@dataclass
class Looked:
    """What there is to know of samples that were read: prints, metadata (n, features) and thumbnails (n, 64)."""

    samples: list[Sample] = field(default_factory=list)
    prints: list[Fingerprint] = field(default_factory=list)
    metadata: list[list[float]] = field(default_factory=list)
    thumbnails: list[NDArray[np.float64]] = field(default_factory=list)
    unreadable: list[dict[str, str]] = field(default_factory=list)


def look(samples: Sequence[Sample], progress: Progress | None = None) -> Looked:
    """Read samples once. What cannot be read is a row of `unreadable`."""
    looked = Looked()
    for number, sample in enumerate(samples):
        try:
            data = sample.read()
            image = read(data, _LIMITS)
        except (OSError, ImageRefused) as error:
            looked.unreadable.append({"file": shown(sample), "reason": str(error)})
        else:
            looked.samples.append(sample)
            looked.prints.append(fingerprint(data, image.pixels))
            looked.metadata.append(features_of(data, image.facts))
            looked.thumbnails.append(_thumbnail(image.pixels))
        if progress is not None:
            progress(number + 1, len(samples))
    return looked


def check(looked: Looked, against: Looked | None = None, near: int = NEAR) -> dict[str, Any]:
    """The report: counts, unreadable files, repeats, what metadata alone tells, shuffled labels, and leaks.

    "passed" has a verdict for each guard: no picture under both labels; metadata tells the classes apart by an AUC of
    at most 0.6; shuffled labels score what chance does; and no picture stands in `against` too, byte for byte or by a
    perceptual hash of which at most `near` of 256 bits differ. Raises DataError with fewer than 20 images of a class.
    """
    labels = np.array([sample.label for sample in looked.samples], dtype=np.int64)
    if min((labels == 0).sum(), (labels == 1).sum()) < _LEAST:
        raise DataError(f"A check needs at least {_LEAST} images of each class that can be read.")
    sources = [sample.source for sample in looked.samples]
    metadata, seed = np.array(looked.metadata), 0
    report: dict[str, Any] = {
        "n": len(labels),
        "counts": _counts(looked.samples),
        "unreadable": looked.unreadable,
        "repeats": _repeats(looked),
        "metadata": giveaway(metadata, labels, sources, seed),
        "file_size": giveaway(metadata[:, :1], labels, sources, seed),
        "shuffled_labels": shuffled(np.array(looked.thumbnails), labels, seed),
        "metadata_features": list(FEATURES),
    }
    report["passed"] = {
        "one label for each picture": not report["repeats"]["both_labels"],
        "metadata tells nothing": report["metadata"]["auc"] <= 0.6,
        "shuffled labels score by chance": report["shuffled_labels"]["by_chance"],
    }
    if against is not None:
        report["against"] = leaks(looked, against, near)
        report["passed"]["nothing stands in both"] = not report["against"]["both"]
    return report


def leaks(looked: Looked, against: Looked, near: int = NEAR) -> dict[str, Any]:
    """Which samples stand in `against` too: rows of file, SHA-256, what it is the same as, and bits that differ."""
    same = {one.sha256: sample for one, sample in zip(against.prints, against.samples, strict=True)}
    rows = {
        place: _leak(looked, place, same[one.sha256], 0, "same bytes")
        for place, one in enumerate(looked.prints)
        if one.sha256 in same
    }
    for place, other, bits in near_pairs(looked.prints, against.prints, near):
        rows.setdefault(place, _leak(looked, place, against.samples[other], bits, "the same picture"))
    return {"n": len(against.samples), "near_bits": near, "both": [rows[place] for place in sorted(rows)]}


def shown(sample: Sample) -> str:
    """The file's path, or its name in its tar file."""
    return str(sample.path) if sample.data is None else f"{sample.path}: {sample.name}"


def _leak(looked: Looked, place: int, other: Sample, bits: int, reason: str) -> dict[str, Any]:
    sample, digest = looked.samples[place], looked.prints[place].sha256
    return {"file": shown(sample), "sha256": digest, "as": shown(other), "bits": bits, "reason": reason}


def _counts(samples: Sequence[Sample]) -> dict[str, dict[str, int]]:
    names = {0: "real", 1: "not real"}
    counted = Counter((names[sample.label], sample.source) for sample in samples)
    return {
        label: {source: n for (at, source), n in sorted(counted.items()) if at == label} for label in names.values()
    }


def _repeats(looked: Looked) -> dict[str, Any]:
    groups: defaultdict[str, list[Sample]] = defaultdict(list)
    for one, sample in zip(looked.prints, looked.samples, strict=True):
        groups[one.sha256].append(sample)
    several = [group for group in groups.values() if len(group) > 1]
    both = [group for group in several if len({sample.label for sample in group}) > 1]
    return {
        "same_bytes": sum(len(group) - 1 for group in several),
        "both_labels": [[shown(sample) for sample in group] for group in both],
    }


def _thumbnail(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    small = Image.fromarray(pixels).convert("L").resize((_THUMBNAIL, _THUMBNAIL), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float64).ravel() / 255
