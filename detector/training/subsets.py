"""A stated fraction of a data set, drawn the same way every time."""

import hashlib
from collections.abc import Sequence

from detector.training.packs import Sample


def limited(samples: Sequence[Sample], per_class: int | None) -> list[Sample]:
    """At most `per_class` samples of each label, those whose names hash lowest, in their given order; None: all."""
    if per_class is None:
        return list(samples)
    chosen: set[int] = set()
    for label in {sample.label for sample in samples}:
        places = [place for place, sample in enumerate(samples) if sample.label == label]
        chosen.update(sorted(places, key=lambda place: _digest(samples[place]))[:per_class])
    return [sample for place, sample in enumerate(samples) if place in chosen]


def _digest(sample: Sample) -> bytes:
    return hashlib.sha256(sample.name.encode()).digest()
