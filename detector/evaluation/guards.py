"""What a score must not depend on: the file's name, its format, and the other images of its batch."""

import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from detector.bundles import Bundle
from detector.evaluation.metrics import Scores
from detector.evaluation.scoring import score
from detector.training.dataset import read_pixels
from detector.training.packs import Sample

FORMATS: dict[str, dict[str, Any]] = {"PNG": {}, "BMP": {}, "TIFF": {}, "WEBP": {"lossless": True}}
TOLERANCE = 1e-4


def dependences(bundle: Bundle, samples: Sequence[Sample]) -> dict[str, float]:
    """The largest change of any sample's probability by each thing that must not matter; 0.0001 and less is rounding.

    "name": another name and folder. "format": the same pixels as PNG, BMP, TIFF and lossless WebP. "neighbours": each
    alone instead of in a batch, and in the opposite order. Raises ImageRefused or OSError for what cannot be read.
    """
    whole = _probabilities(bundle, samples)
    alone = np.concatenate([_probabilities(bundle, [sample]) for sample in samples])
    backwards = _probabilities(bundle, list(reversed(samples)))[::-1]
    formats = [_probabilities(bundle, [_as(sample, kind) for sample in samples]) for kind in FORMATS]
    return {
        "name": _most(whole, [_probabilities(bundle, [_renamed(sample) for sample in samples])]),
        "format": _most(whole, formats),
        "neighbours": _most(whole, [alone, backwards]),
    }


def _probabilities(bundle: Bundle, samples: Sequence[Sample]) -> Scores:
    return bundle.card.calibration.probabilities(score(bundle.network, bundle.card.input, samples).logits)


def _most(whole: Scores, others: Sequence[Scores]) -> float:
    return max(float(np.abs(whole - other).max()) for other in others)


def _renamed(sample: Sample) -> Sample:
    name = "fake__1.bin" if sample.label == 0 else "real__1.bin"
    return dataclasses.replace(sample, name=name, path=Path("elsewhere") / name, data=sample.read())


def _as(sample: Sample, kind: str) -> Sample:
    buffer = io.BytesIO()
    Image.fromarray(read_pixels(sample)).save(buffer, kind, **FORMATS[kind])
    return dataclasses.replace(sample, data=buffer.getvalue())
