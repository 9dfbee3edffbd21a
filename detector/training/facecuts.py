"""Faces cut out of pictures by the platform's own face finder, at the framing that a face model sees in service."""

import io
from collections.abc import Iterable, Iterator

from PIL import Image

from detector.faces import cut, face_square, find_faces
from detector.training.dataset import read_pixels
from detector.training.packs import Sample

LEAST_FACE = 48
MOST_FACES = 2


def cut_faces(samples: Iterable[Sample], margin: float) -> list[Sample]:
    """A sample (lossless PNG in memory) for each of the two largest faces of each picture, if at least 48 pixels wide.

    Name, source and label are the picture's, so that a face falls on the same side of the split as its picture.
    """
    return [face for sample in samples for face in _faces_of(sample, margin)]


def _faces_of(sample: Sample, margin: float) -> Iterator[Sample]:
    pixels = read_pixels(sample)
    for box in find_faces(pixels)[:MOST_FACES]:
        if box.width >= LEAST_FACE:
            buffer = io.BytesIO()
            Image.fromarray(cut(pixels, face_square(box, margin))).save(buffer, "PNG", compress_level=1)
            yield Sample(sample.name, sample.source, sample.label, sample.path, buffer.getvalue())
