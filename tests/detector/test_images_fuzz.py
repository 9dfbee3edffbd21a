"""Damaged files end in ImageRefused or in pixels, and in nothing else."""

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from detector.images import DecodedImage, ImageRefused, Limits, read
from tests.detector.pictures import encoded, noise, oriented

CODES = {"unsupported-media-type", "image-undecodable", "image-too-many-pixels", "image-too-small", "too-large"}
LIMITS = Limits(max_pixels=1_000_000)
FILES = {
    "jpeg": oriented(noise(64, 48), 6),
    "progressive": encoded(noise(64, 48), "JPEG", progressive=True),
    "png": oriented(noise(64, 48), 3, "PNG"),
    "webp": encoded(noise(64, 48), "WEBP"),
    "lossless webp": encoded(noise(64, 48), "WEBP", lossless=True),
    "gif": encoded(noise(64, 48), "GIF"),
    "avif": encoded(noise(64, 48), "AVIF"),
    "heic": encoded(noise(64, 48), "HEIF"),
    "tiff": encoded(noise(64, 48), "TIFF", compression="tiff_lzw"),
    "bmp": encoded(noise(64, 48), "BMP"),
}
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def outcome(data: bytes) -> DecodedImage | str:
    try:
        return read(data, LIMITS)
    except ImageRefused as refused:
        return refused.code


def assert_sound(data: bytes) -> None:
    result = outcome(data)
    if isinstance(result, str):
        assert result in CODES
    else:
        assert result.pixels.shape == (result.facts.height, result.facts.width, 3)
        assert result.pixels.dtype == np.uint8


@pytest.mark.parametrize("name", FILES)
@QUICK
@given(data=st.data())
def test_flipped_bits_are_refused_or_decoded(name: str, data: st.DataObject) -> None:
    damaged = bytearray(FILES[name])
    places = st.integers(0, len(damaged) * 8 - 1)
    for place in data.draw(st.lists(places, min_size=1, max_size=12)):
        damaged[place // 8] ^= 1 << place % 8
    assert_sound(bytes(damaged))


@pytest.mark.parametrize("name", FILES)
@QUICK
@given(data=st.data())
def test_cut_and_stuffed_files_are_refused_or_decoded(name: str, data: st.DataObject) -> None:
    whole = FILES[name]
    cut = data.draw(st.integers(0, len(whole)))
    assert_sound(whole[:cut] + data.draw(st.binary(max_size=64)))


@QUICK
@example(b"RIFF\x00\x00\x00\x00WEBPVP8X")
@example(b"\x00\x00\x00\x00ftypavif")
@example(b"\xff\xff\xff\xffftypheic" + b"\xff" * 40)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.builds(bytes.__add__, st.sampled_from([data[:16] for data in FILES.values()]), st.binary(max_size=120)),
    )
)
def test_bytes_that_only_begin_like_an_image_are_refused(data: bytes) -> None:
    assert_sound(data)
