"""Reading images: what is accepted, what is refused and how, and what comes out."""

import hashlib
import struct
import threading
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from detector import images
from detector.images import ImageRefused, Limits, identify, read
from tests.detector.pictures import encoded, noise, oriented, quarters

KINDS: list[tuple[str, str, dict[str, Any]]] = [
    ("JPEG", "image/jpeg", {"quality": 95, "subsampling": 0}),
    ("PNG", "image/png", {}),
    ("WEBP", "image/webp", {"lossless": True}),
    ("GIF", "image/gif", {}),
    ("AVIF", "image/avif", {"quality": 95}),
    ("HEIF", "image/heic", {"quality": 95}),
    ("TIFF", "image/tiff", {}),
    ("BMP", "image/bmp", {}),
]


DEFAULT = Limits()


def refusal(data: bytes, limits: Limits = DEFAULT) -> str:
    with pytest.raises(ImageRefused) as refused:
        read(data, limits)
    assert refused.value.detail.endswith(".")
    return refused.value.code


@pytest.mark.parametrize(("kind", "media_type", "options"), KINDS)
def test_every_accepted_format_is_decoded_with_its_facts(kind: str, media_type: str, options: dict[str, Any]) -> None:
    pixels = quarters()
    data = encoded(pixels, kind, **options)
    image = read(data)
    assert image.facts == images.ImageFacts(media_type, len(data), 64, 48, hashlib.sha256(data).hexdigest())
    assert image.pixels.shape == (48, 64, 3)
    assert image.pixels.dtype == np.uint8
    inner = (slice(4, 20), slice(4, 28))
    assert np.abs(image.pixels[inner].astype(int) - pixels[inner]).max() <= 6


def test_a_multi_picture_object_is_read_as_its_first_jpeg() -> None:
    first, second = Image.fromarray(quarters()), Image.fromarray(noise(64, 48))
    data = encoded(first, "MPO", save_all=True, append_images=[second])
    image = read(data)
    assert image.facts.media_type == "image/jpeg"
    assert image.pixels[5, 5].tolist() == pytest.approx([254, 0, 0], abs=3)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_read(kind: str) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("#ff0000", "#00ff00", "#0000ff")]
    data = encoded(
        frames[0], kind, save_all=True, append_images=frames[1:], **({"lossless": True} if kind == "WEBP" else {})
    )
    assert read(data).pixels[20, 20].tolist() == [255, 0, 0]


def test_an_animation_with_too_many_frames_is_refused() -> None:
    frames = [Image.fromarray(noise(40, 40, seed)) for seed in range(5)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert refusal(data, Limits(max_frames=4)) == "image-too-many-pixels"
    assert read(data, Limits(max_frames=5)).facts.width == 40


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_before_anything_looks(orientation: int) -> None:
    upright = quarters()
    turned_back = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    stored = Image.fromarray(upright)
    if turned_back is not None:
        stored = stored.transpose(Image.Transpose(turned_back))
    image = read(oriented(np.asarray(stored), orientation, "PNG"))
    assert (image.facts.width, image.facts.height) == (64, 48)
    assert np.array_equal(image.pixels, upright)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "HEIF", "TIFF"])
def test_every_format_with_exif_is_turned_once(kind: str) -> None:
    image = read(oriented(quarters(), 6, kind, quality=95))
    assert (image.facts.width, image.facts.height) == (48, 64)
    assert image.pixels[10, 10].tolist() == pytest.approx([0, 0, 255], abs=8)
    assert image.pixels[10, 40].tolist() == pytest.approx([255, 0, 0], abs=8)


@pytest.mark.parametrize(
    "block", [b"", b"Exif\x00\x00", b"Exif\x00\x00II*\x00\xff\xff\xff\xff", b"Exif\x00\x00" + b"\xff" * 60]
)
def test_a_hostile_exif_block_does_not_fail_the_image(block: bytes) -> None:
    segment = b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block
    plain = encoded(quarters(), "JPEG")
    assert read(plain[:2] + segment + plain[2:]).facts.width == 64


@pytest.mark.parametrize("value", [0, 9, 65_535])
def test_an_orientation_that_means_nothing_is_ignored(value: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    assert np.array_equal(read(encoded(quarters(), "PNG", exif=exif)).pixels, quarters())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='64' height='64'></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"%PDF-1.7 not an image",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n",
        b"\x00\x00\x01\x00\x01\x00" + b"\x00" * 60,
        b"P6 64 64 255 " + b"\x00" * (64 * 64 * 3),
        b"8BPS" + b"\x00" * 60,
        b"\x00\x00\x00\x20ftypisom" + b"\x00" * 60,
    ],
)
def test_what_is_no_accepted_image_is_unsupported(data: bytes) -> None:
    assert refusal(data) == "unsupported-media-type"
    assert identify(data) is None


@pytest.mark.parametrize(("kind", "media_type", "options"), KINDS)
def test_the_kind_is_known_by_content(kind: str, media_type: str, options: dict[str, Any]) -> None:
    assert identify(encoded(quarters(), kind, **options)) == media_type


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_undecodable(kind: str, share: float) -> None:
    data = encoded(noise(96, 96), kind, quality=90)
    assert refusal(data[: int(len(data) * share)]) == "image-undecodable"


def test_a_polyglot_that_does_not_decode_is_refused() -> None:
    assert refusal(b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>" * 20) == "image-undecodable"
    assert refusal(b"GIF89a=1;alert(document.domain)//" + b" " * 100) in {"image-undecodable", "image-too-many-pixels"}


def test_an_archive_that_begins_like_a_png_is_refused() -> None:
    buffer = BytesIO(b"\x89PNG\r\n\x1a\n")
    buffer.seek(0, 2)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("payload.html", "<script></script>")
    assert refusal(buffer.getvalue()) == "image-undecodable"


def test_an_image_with_something_behind_it_is_read_as_the_image() -> None:
    data = encoded(quarters(), "PNG") + b"PK\x03\x04 something else"
    assert np.array_equal(read(data).pixels, quarters())


def _png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    )


def _webp_that_claims(width: int, height: int) -> bytes:
    body = b"\x00" * 4 + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def _gif_that_claims(width: int, height: int) -> bytes:
    small = encoded(quarters(), "GIF")
    return small[:6] + struct.pack("<HH", width, height) + small[10:]


def _bmp_that_claims(width: int, height: int) -> bytes:
    small = encoded(quarters(), "BMP")
    return small[:18] + struct.pack("<ii", width, height) + small[26:]


@pytest.mark.parametrize("bomb", [_png_that_claims, _webp_that_claims, _gif_that_claims, _bmp_that_claims])
@pytest.mark.parametrize(("width", "height"), [(16_000, 16_000), (16_385, 40), (40, 16_385)])
def test_a_decompression_bomb_is_refused_by_its_header(bomb: Any, width: int, height: int) -> None:
    assert refusal(bomb(width, height)) == "image-too-many-pixels"


def test_a_bomb_is_refused_without_its_pixels_being_allocated() -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for bomb in (_png_that_claims, _webp_that_claims, _bmp_that_claims):
        assert refusal(bomb(60_000, 60_000)) == "image-too-many-pixels"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_file_of_too_many_bytes_is_refused_unread() -> None:
    assert refusal(b"\xff\xd8\xff" + b"\0" * 50, Limits(max_bytes=52)) == "too-large"
    data = encoded(quarters(), "PNG")
    assert read(data, Limits(max_bytes=len(data))).facts.bytes == len(data)


@pytest.mark.parametrize(
    ("width", "height", "accepted"), [(32, 32, True), (31, 64, False), (64, 31, False), (1, 1, False)]
)
def test_a_side_under_the_least_is_too_small(width: int, height: int, accepted: bool) -> None:
    data = encoded(noise(width, height), "PNG")
    if accepted:
        assert read(data).pixels.shape == (height, width, 3)
    else:
        assert refusal(data) == "image-too-small"


def test_limits_hold_at_their_value_and_fail_beyond_it() -> None:
    data = encoded(noise(100, 50), "PNG")
    assert read(data, Limits(max_pixels=5_000, max_side=100)).facts.width == 100
    assert refusal(data, Limits(max_pixels=4_999)) == "image-too-many-pixels"
    assert refusal(data, Limits(max_side=99)) == "image-too-many-pixels"


def test_pixels_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        read(encoded(quarters(), "PNG")).pixels[0, 0] = 0


def test_many_threads_read_the_same_pixels() -> None:
    files = [encoded(noise(120, 90, seed), "JPEG") for seed in range(4)]
    alone = [read(data).pixels for data in files]
    barrier = threading.Barrier(4)

    def read_all(_: int) -> list[bool]:
        barrier.wait()
        return [np.array_equal(read(data).pixels, pixels) for data, pixels in zip(files, alone, strict=True)]

    with ThreadPoolExecutor(4) as pool:
        assert all(all(same) for same in pool.map(read_all, range(4)))


def test_orientation_written_in_xmp_alone_is_applied_as_pillow_reads_it() -> None:
    packet = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    image = read(encoded(quarters(), "JPEG", xmp=packet, quality=95))
    assert (image.facts.width, image.facts.height) == (48, 64)


def test_a_name_or_suffix_is_never_asked_for() -> None:
    data = encoded(quarters(), "BMP")
    assert read(data).facts.media_type == "image/bmp"


def test_reading_twice_gives_the_same_facts_and_pixels() -> None:
    data = oriented(noise(90, 50), 8)
    first, second = read(data), read(data)
    assert first.facts == second.facts
    assert np.array_equal(first.pixels, second.pixels)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_metadata_that_is_large_does_not_fail_the_image(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "x" * 60_000
    assert read(encoded(quarters(), kind, exif=exif.tobytes())).facts.width == 64


def test_a_text_chunk_that_unpacks_to_too_much_harms_no_pixel() -> None:
    bomb = zlib.compress(b"x" * 80_000_000, 9)
    body = b"Comment\x00\x00" + bomb
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    plain = encoded(quarters(), "PNG")
    assert np.array_equal(read(plain[:33] + chunk + plain[33:]).pixels, quarters())


@pytest.mark.parametrize("first", ["JPEG", "PNG", "GIF"])
def test_a_file_of_two_images_is_the_first(first: str) -> None:
    data = encoded(quarters(), first) + encoded(noise(200, 200), "PNG")
    assert read(data).facts.width == 64
