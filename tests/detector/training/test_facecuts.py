"""Faces are cut at the framing of service, and keep their picture's name and label."""

from pathlib import Path

import numpy as np

from detector.faces import cut, face_square, find_faces
from detector.images import read
from detector.training.facecuts import cut_faces
from detector.training.packs import Sample
from tests.detector.pictures import encoded, noise

ASTRONAUT = Path(__file__).parents[3] / "samples" / "astronaut.jpg"


def test_a_face_is_what_the_face_model_would_see() -> None:
    picture = Sample("nasa__1.jpg", "nasa", 0, ASTRONAUT)
    (face,) = cut_faces([picture], 0.3)
    pixels = read(ASTRONAUT.read_bytes()).pixels
    (box,) = find_faces(pixels)
    assert np.array_equal(read(face.read()).pixels, cut(pixels, face_square(box, 0.3)))
    assert (face.name, face.source, face.label) == ("nasa__1.jpg", "nasa", 0)


def test_a_picture_without_faces_gives_none() -> None:
    assert cut_faces([Sample("a__1.png", "a", 1, Path(), encoded(noise(90, 90), "PNG"))], 0.3) == []
