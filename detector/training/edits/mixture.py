"""What training sees: real edits with their authentic counterparts, and photographs of which half are edited here."""

from collections import Counter
from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

from detector.inputs import InputSpec
from detector.training.augmentation import generator
from detector.training.dataset import Pictures, read_pixels
from detector.training.edits.base import Mask, Pixels
from detector.training.edits.masks import decode_mask, key_of, read_masks
from detector.training.edits.synthesiser import synthesise
from detector.training.edits.world import travelled
from detector.training.packs import Sample

CELL = 16
CROP = 160
_REAL_EDITS = 0.75
_GENERATED_DONOR = 0.3
Item = tuple[Tensor, int, int, Tensor, float]


class EditedPictures(Pictures):
    """Item i: ((160, 160, 3) uint8, label, i, the edited share of each 16-pixel cell (10, 10) float32, known).

    Item i of an epoch is a draw of its own, whatever sample i is: three in four of real edits and the authentic images
    beside them, the others of all photographs, every second one edited by the synthesiser; sources by the root of
    their size. So neither source nor JPEG history tells the label. AI images give some splices their content and are
    nothing else. `known`: 1, or 0 for an edited image without a mask.
    """

    def __init__(self, samples: Sequence[Sample], spec: InputSpec, seed: int, side: int = CROP) -> None:
        super().__init__(samples, spec, seed, None)
        self.side = side
        self._masks = read_masks(sample for sample in samples if not is_generated(sample))
        edited = [sample for sample in samples if sample.label == 1 and not is_generated(sample)]
        authentic = [sample for sample in samples if sample.label == 0]
        families = {family(sample) for sample in edited}
        self._edited = _Drawer(edited)
        self._beside = _Drawer([sample for sample in authentic if family(sample) in families] or authentic)
        self._photographs = _Drawer(authentic)
        self._generated = _Drawer([sample for sample in samples if is_generated(sample)])

    def __getitem__(self, index: int) -> Item:  # type: ignore[override]
        rng = generator(self.seed, self.epoch, index)
        edited = bool(rng.random() < 0.5)
        real = bool(rng.random() < _REAL_EDITS) and len(self._edited) > 0
        pixels, mask = self._real(edited, rng) if real else self._made(edited, rng)
        known = mask is not None
        blank = np.zeros(pixels.shape[:2], np.float32)
        pixels, mask = travelled(pixels, blank if mask is None else mask, self.side, rng, encode=not real)
        label = int(edited and (not known or float(mask.sum()) > 0))
        cells = cv2.resize(mask, (self.side // CELL, self.side // CELL), interpolation=cv2.INTER_AREA)
        return torch.from_numpy(pixels.copy()), label, index, torch.from_numpy(cells), float(known)

    def _real(self, edited: bool, rng: Generator) -> tuple[Pixels, Mask | None]:
        sample = (self._edited if edited else self._beside).draw(rng)
        pixels = read_pixels(sample)
        content = self._masks.get(key_of(sample))
        if not edited:
            return pixels, np.zeros(pixels.shape[:2], np.float32)
        return pixels, None if content is None else decode_mask(content, (pixels.shape[0], pixels.shape[1]))

    def _made(self, edited: bool, rng: Generator) -> tuple[Pixels, Mask]:
        pixels = read_pixels(self._photographs.draw(rng))
        if not edited:
            return pixels, np.zeros(pixels.shape[:2], np.float32)
        from_generator = rng.random() < _GENERATED_DONOR and len(self._generated) > 0
        donor = read_pixels((self._generated if from_generator else self._photographs).draw(rng))
        made = synthesise(pixels, donor, rng)
        return made.pixels, made.mask


class _Drawer:
    """Draws samples, each source by the root of its size."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._samples = list(samples)
        sizes = Counter(sample.source for sample in samples)
        weights = np.array([sizes[sample.source] ** -0.5 for sample in samples])
        self._ends = np.cumsum(weights / weights.sum()) if len(weights) else weights

    def __len__(self) -> int:
        return len(self._samples)

    def draw(self, rng: Generator) -> Sample:
        return self._samples[min(int(np.searchsorted(self._ends, rng.random())), len(self._samples) - 1)]


def family(sample: Sample) -> str:
    """What a source and its counterpart share: "photoshop" of "photoshop_face" and "photoshop_face_base"."""
    return sample.source.partition("_")[0]


def is_generated(sample: Sample) -> bool:
    """Whether it lay in a folder of AI images."""
    return sample.folder in {"ai", "fake"}
