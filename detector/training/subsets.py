"""Parts of a data set: a stated fraction, drawn the same way every time, and what is no copy of another part."""

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


def without_copies(samples: Sequence[Sample], others: Sequence[Sample]) -> list[Sample]:
    """The samples whose bytes are none of the others', in order. Raises OSError for one whose file is gone."""
    known = {_content(other) for other in others}
    return [sample for sample in samples if _content(sample) not in known]


def _content(sample: Sample) -> bytes:
    return hashlib.sha256(sample.read()).digest()


def _digest(sample: Sample) -> bytes:
    return hashlib.sha256(sample.name.encode()).digest()
