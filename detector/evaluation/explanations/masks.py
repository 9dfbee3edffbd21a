"""Pictures whose edited places are known: from mask files, from their originals, and spliced here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from detector import images
from detector.evaluation.explanations.localisation import Mask
from detector.preprocessing import resize
from detector.training.augmentation import jpeg
from detector.training.dataset import read_pixels
from detector.training.edits.masks import decode_mask, key_of, read_masks
from detector.training.edits.synthesiser import synthesise
from detector.training.packs import Sample

_LEAST, _MOST = 0.01, 0.5
_DIFFERS = 16
_QUALITY = 90


@dataclass(frozen=True)
class Masked:
    """A square (size, size, 3) uint8 as the network sees it, and the mask (size, size) of what was done to it."""

    square: NDArray[np.uint8]
    mask: Mask


def from_files(samples: Sequence[Sample], size: int) -> Iterator[Masked]:
    """Pictures that are not real with the masks that lie beside them: `.../mask/<stem>.png`, white where edited.

    Raises ValueError for a mask that cannot be read.
    """
    found = read_masks(samples)
    for sample in samples:
        if sample.label == 1 and key_of(sample) in found:
            pixels = read_pixels(sample)
            drawn = decode_mask(found[key_of(sample)], (pixels.shape[0], pixels.shape[1]))
            yield from _usable(pixels, drawn >= 0.5, size)


def from_originals(samples: Sequence[Sample], folder: Path, size: int) -> Iterator[Masked]:
    """Pictures that are not real, compared with the file of the same name in the folder.

    A pixel is edited where a colour differs by more than 16 of 255, which leaves out what saving as JPEG changes.
    """
    for sample in samples:
        path = folder / sample.name
        if sample.label == 1 and path.is_file():
            edited = read_pixels(sample)
            original = images.read(path.read_bytes(), images.Limits(min_side=8)).pixels
            if original.shape == edited.shape:
                difference = np.abs(edited.astype(np.int16) - original).max(axis=2)
                yield from _usable(edited, difference > _DIFFERS, size)


def spliced(real: Sequence[Sample], others: Sequence[Sample], size: int, seed: int) -> Iterator[Masked]:
    """Real pictures with a rectangle of one that is not real in the same place, saved as JPEG 90."""
    rng = np.random.default_rng(seed)
    for one, other in zip(real, others, strict=False):
        under, over = (resize(read_pixels(sample), size) for sample in (one, other))
        mask = _rectangle(size, rng)
        mixed = np.where(mask[:, :, None], over, under)
        yield Masked(_saved(mixed), mask)


def synthesised(real: Sequence[Sample], operations: Sequence[str], size: int, seed: int) -> Iterator[Masked]:
    """Real pictures edited by the synthesiser, each with the next one as donor, saved as JPEG 90."""
    rng = np.random.default_rng(seed)
    pixels = [read_pixels(one) for one in real]
    for photograph, donor in zip(pixels, pixels[1:] + pixels[:1], strict=True):
        edited = synthesise(photograph, donor, rng, operations)
        yield from _usable(_saved(edited.pixels), edited.mask >= 0.5, size)


def _saved(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(jpeg(Image.fromarray(pixels), _QUALITY))


def _rectangle(size: int, rng: Generator) -> Mask:
    """A quarter to two fifths of each side, anywhere with its centre in the picture, cut off at the border."""
    spans = [_span(size, rng) for _ in range(2)]
    mask = np.zeros((size, size), dtype=bool)
    mask[spans[0], spans[1]] = True
    return mask


def _span(size: int, rng: Generator) -> slice:
    centre, half = rng.uniform(0, size), size * rng.uniform(0.125, 0.2)
    return slice(max(0, round(centre - half)), max(1, round(centre + half)))


def _usable(pixels: NDArray[np.uint8], drawn: Mask, size: int) -> Iterator[Masked]:
    """One picture at the network's size, or none when the edit covers less than 1 % or more than half of it."""
    mask = np.asarray(Image.fromarray(drawn).resize((size, size), Image.Resampling.NEAREST))
    if _LEAST <= mask.mean() <= _MOST:
        yield Masked(resize(pixels, size), mask)
