"""Kinds and sizes out of the first bytes of a file."""

import struct

import pytest

from detector.signatures import media_type, webp_size
from tests.detector.pictures import encoded, noise


def iso(brand: bytes, *compatible: bytes) -> bytes:
    body = b"ftyp" + brand + b"\x00" * 4 + b"".join(compatible)
    return struct.pack(">I", 4 + len(body)) + body


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (iso(b"avif", b"mif1", b"miaf"), "image/avif"),
        (iso(b"mif1", b"avif", b"miaf"), "image/avif"),
        (iso(b"avis"), "image/avif"),
        (iso(b"heic", b"mif1"), "image/heic"),
        (iso(b"mif1", b"heic"), "image/heic"),
        (iso(b"msf1", b"hevc"), "image/heic"),
        (iso(b"isom", b"mp42"), None),
        (iso(b"qt  "), None),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\xff\xd8", None),
        (b"MM\x00*", "image/tiff"),
        (b"MM\x00+", "image/tiff"),
        (b"BM", "image/bmp"),
        (b"B", None),
        (b"ftyp", None),
        (b"\xff\xff\xff\xffftypxxxx" + b"avif" * 100, "image/avif"),
    ],
)
def test_a_kind_is_known_by_its_first_bytes(data: bytes, kind: str | None) -> None:
    assert media_type(data) == kind


def test_brands_far_behind_the_beginning_are_not_searched() -> None:
    assert media_type(b"\xff\xff\xff\xffftypxxxx" + b"none" * 100 + b"avif") is None


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 80}, {"lossless": True, "exif": b"Exif\x00\x00"}])
@pytest.mark.parametrize("size", [(40, 33), (257, 64)])
def test_every_kind_of_webp_says_its_size(size: tuple[int, int], options: dict[str, object]) -> None:
    assert webp_size(encoded(noise(*size), "WEBP", **options)) == size


@pytest.mark.parametrize("data", [b"", b"RIFF\x00\x00\x00\x00WEBP", b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a", b"x" * 40])
def test_a_header_that_says_nothing_gives_no_size(data: bytes) -> None:
    assert webp_size(data) is None
