"""There is one way from pixels to a network's input."""

import numpy as np
import pytest
import torch
from PIL import Image

from detector.inputs import InputSpec
from detector.preprocessing import normalise, resize, to_batch
from detector.training.dataset import Pictures
from detector.training.packs import Sample
from tests.detector.pictures import encoded, noise

SPEC = InputSpec(32, (127.5, 127.5, 127.5), (127.5, 127.5, 127.5))


def test_normalising_gives_minus_one_to_one() -> None:
    squares = np.zeros((2, 4, 4, 3), dtype=np.uint8)
    squares[1] = 255
    batch = normalise(squares, SPEC)
    assert batch.shape == (2, 3, 4, 4)
    assert batch.dtype == torch.float32
    assert set(batch[0].flatten().tolist()) == {-1.0}
    assert set(batch[1].flatten().tolist()) == {1.0}


def test_each_channel_has_its_own_mean_and_scale() -> None:
    spec = InputSpec(1, (1.0, 2.0, 3.0), (1.0, 2.0, 4.0))
    batch = normalise(np.array([[[[3, 6, 7]]]], dtype=np.uint8), spec)
    assert batch[0, :, 0, 0].tolist() == [2.0, 2.0, 1.0]


def test_resizing_is_antialiased() -> None:
    stripes = np.zeros((640, 640, 3), dtype=np.uint8)
    stripes[:, ::2] = 255
    small = resize(stripes, 32)
    assert small.shape == (32, 32, 3)
    assert np.abs(small.astype(int) - 127).max() <= 2


@pytest.mark.parametrize("size", [(32, 32), (300, 100), (1000, 1400)])
def test_the_whole_view_is_squashed_to_the_square(size: tuple[int, int]) -> None:
    pixels = np.zeros((size[1], size[0], 3), dtype=np.uint8)
    pixels[:, size[0] // 2 :] = 200
    small = resize(pixels, 32)
    assert small[:, :14].max() <= 8
    assert np.abs(small[:, 18:].astype(int) - 200).max() <= 12


def test_reducing_first_changes_a_large_image_by_next_to_nothing() -> None:
    pixels = noise(1200, 900)
    exact = np.asarray(Image.fromarray(pixels).resize((32, 32), Image.Resampling.BICUBIC))
    assert np.abs(resize(pixels, 32).astype(int) - exact).max() <= 3


def test_views_of_different_sizes_make_one_batch() -> None:
    views = [noise(50, 40), noise(90, 200)]
    batch = to_batch(views, SPEC)
    assert batch.shape == (2, 3, 32, 32)
    assert torch.equal(batch[1:], to_batch(views[1:], SPEC))


def test_training_sees_what_service_sees() -> None:
    pixels = noise(120, 90)
    sample = Sample("a__1.png", "a", 0, None, encoded(pixels, "PNG"))  # type: ignore[arg-type]
    square, label, index = Pictures([sample], SPEC, 0, None)[0]
    assert (label, index) == (0, 0)
    assert torch.equal(normalise(square[None].numpy(), SPEC), to_batch([pixels], SPEC))
