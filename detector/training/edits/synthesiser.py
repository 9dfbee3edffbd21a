"""One random edit of a photograph, by an operation drawn from those that training may see or from those held out."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.random import Generator

from detector.training.edits import erasers, moves, retouches
from detector.training.edits.base import Edited, Mask, Operation, Pixels, blend
from detector.training.edits.shapes import random_mask

TRAINED: Mapping[str, Operation] = {
    "copy-move": moves.copy_move,
    "splice": moves.splice,
    "matched splice": moves.matched_splice,
    "inpainting (Telea)": erasers.inpaint_telea,
    "inpainting (fluid)": erasers.inpaint_fluid,
    "membrane": erasers.membrane,
    "blur": retouches.blur,
    "sharpen": retouches.sharpen,
    "noise": retouches.noise,
    "recolour": retouches.recolour,
    "tone": retouches.tone,
    "regenerate": retouches.regenerate,
    "recompress": retouches.recompress,
}
HELD_OUT: Mapping[str, Operation] = {"warp": moves.warp, "patches": erasers.patches, "text": retouches.text}
"""Never trained on: they measure edits of kinds that were not seen."""
OPERATIONS: Mapping[str, Operation] = {**TRAINED, **HELD_OUT}
_SHARES = {"splice": 4.0, "matched splice": 2.0, "copy-move": 3.0, "regenerate": 2.0}
_TRIES = 4
_LEAST_CHANGE = 2.0


def synthesise(photograph: Pixels, donor: Pixels, rng: Generator, operations: Sequence[str] = tuple(TRAINED)) -> Edited:
    """Edit a photograph (H, W, 3) by one of the operations; the donor, of any size, gives splices their content.

    Pixels outside the mask are untouched. A draw that changes next to nothing (a blur of a clear sky) is drawn anew, up
    to four times. Raises KeyError for an unknown operation.
    """
    fitted = _fitted(donor, photograph)
    shares = np.array([_SHARES.get(name, 1.0) for name in operations])
    for _ in range(_TRIES):
        name = operations[int(rng.choice(len(operations), p=shares / shares.sum()))]
        mask = random_mask((photograph.shape[0], photograph.shape[1]), rng)
        edited = apply(name, photograph, mask, fitted, rng)
        if _change(photograph, edited) >= _LEAST_CHANGE:
            break
    return edited


def apply(name: str, photograph: Pixels, mask: Mask, donor: Pixels, rng: Generator) -> Edited:
    """One named operation within a given mask (H, W); the donor is of the photograph's size."""
    content = OPERATIONS[name](photograph, mask, donor, rng)
    return Edited(blend(photograph, content, mask), mask, name)


def _fitted(donor: Pixels, photograph: Pixels) -> Pixels:
    if donor.shape == photograph.shape:
        return donor
    size = photograph.shape[1], photograph.shape[0]
    return np.asarray(cv2.resize(donor, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _change(photograph: Pixels, edited: Edited) -> float:
    """Mean absolute difference per channel within the mask."""
    inside = edited.mask > 0
    return float(np.abs(photograph[inside].astype(np.int16) - edited.pixels[inside]).mean())
