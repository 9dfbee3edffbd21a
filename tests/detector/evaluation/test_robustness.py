"""The conditions do what their names say."""

import io

import numpy as np
import pytest
from PIL import Image

from detector.evaluation.robustness import CONDITIONS, blurred, cropped, jpeg_60, one_pixel_crop, rescaled, webp_60
from detector.training.augmentation import generator
from tests.detector.pictures import encoded, noise

RNG = generator(0)


def picture() -> Image.Image:
    return Image.fromarray(noise(100, 60))


def test_jpeg_60_is_a_jpeg_of_quality_60() -> None:
    expected = Image.open(io.BytesIO(encoded(picture(), "JPEG", quality=60)))
    assert np.array_equal(np.asarray(jpeg_60(picture(), RNG)), np.asarray(expected))


def test_rescaling_keeps_the_size_and_loses_detail() -> None:
    stripes = np.zeros((60, 100, 3), dtype=np.uint8)
    stripes[:, ::2] = 255
    softened = rescaled(Image.fromarray(stripes), RNG)
    assert softened.size == (100, 60)
    assert np.asarray(softened).astype(float).std() < 80 < stripes.std()


def test_cropping_takes_a_twentieth_off_each_side() -> None:
    assert np.array_equal(np.asarray(cropped(picture(), RNG)), noise(100, 60)[3:57, 5:95])


def test_a_one_pixel_crop_loses_the_rim_and_keeps_the_size() -> None:
    framed = np.zeros((20, 30, 3), dtype=np.uint8)
    framed[1:-1, 1:-1] = 200
    treated = np.asarray(one_pixel_crop(Image.fromarray(framed), RNG))
    assert treated.shape == (20, 30, 3)
    assert (treated == 200).all()


def test_webp_60_is_a_webp_of_quality_60() -> None:
    expected = Image.open(io.BytesIO(encoded(picture(), "WEBP", quality=60))).convert("RGB")
    assert np.array_equal(np.asarray(webp_60(picture(), RNG)), np.asarray(expected))


def test_blurring_spreads_a_point_over_its_neighbours() -> None:
    point = np.zeros((11, 11, 3), dtype=np.uint8)
    point[5, 5] = 255
    spread = np.asarray(blurred(Image.fromarray(point), RNG)).astype(int)
    assert spread[5, 5, 0] < 150
    assert spread[5, 4, 0] == spread[4, 5, 0] > 10


@pytest.mark.parametrize("name", CONDITIONS)
def test_no_condition_draws_by_chance(name: str) -> None:
    treatment = CONDITIONS[name]
    if treatment is not None:
        first, second = (np.asarray(treatment(picture(), generator(seed))) for seed in (0, 1))
        assert np.array_equal(first, second)


def test_the_first_condition_is_the_image_as_it_is() -> None:
    assert next(iter(CONDITIONS.items())) == ("as it is", None)
