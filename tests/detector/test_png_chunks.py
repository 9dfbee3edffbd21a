"""No pixel is lost to a chunk that no pixel depends on."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from detector.images import ImageRefused, read
from detector.png_chunks import without_metadata
from tests.detector.pictures import encoded, quarters
from tests.detector.provenance.files import chunk, international_text, packed_text, png, text

BOMB = zlib.compress(b"a" * 30_000_000, 9)
HOSTILE = {
    "a text that unpacks to too much": packed_text("parameters", b"a" * 30_000_000),
    "many texts that unpack to much": b"".join(packed_text(f"key {n}", b"a" * 900_000) for n in range(80)),
    "a text with a wrong checksum": text("parameters", "Steps: 20")[:-1] + b"x",
    "a text without a key": chunk(b"tEXt", b""),
    "a text of an unknown compression": chunk(b"zTXt", b"parameters\x00\x07abc"),
    "an international text cut short": chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00"),
    "a profile that unpacks to too much": chunk(b"iCCP", b"profile\x00\x00" + BOMB),
    "a profile without a name": chunk(b"iCCP", b"profile"),
    "a density cut short": chunk(b"pHYs", b"\x00"),
    "a gamma cut short": chunk(b"gAMA", b"\x00"),
    "a packet with a wrong checksum": international_text("XML:com.adobe.xmp", "<a/>")[:-1] + b"x",
    "a packet that unpacks to too much": chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + BOMB),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_metadata_never_fails_an_image(name: str) -> None:
    assert np.array_equal(read(png(HOSTILE[name])).pixels, read(png()).pixels)


def test_a_png_without_metadata_is_the_very_same_bytes() -> None:
    data = png()
    assert without_metadata(data) is data


def test_orientation_of_a_packet_is_kept() -> None:
    packet = '<x xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/>'
    facts = read(png(international_text("XML:com.adobe.xmp", packet), text("Comment", "none"))).facts
    assert (facts.width, facts.height) == (48, 64)


def test_transparency_is_kept() -> None:
    palette = Image.fromarray(quarters()).quantize(4)
    data = encoded(palette, "PNG", transparency=0)
    stuffed = data[:33] + text("Comment", "none") + data[33:]
    assert np.array_equal(read(stuffed).pixels, read(data).pixels)


def test_frames_are_still_counted() -> None:
    frames = [Image.new("RGB", (40, 40), (n, 0, 0)) for n in range(3)]
    data = encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])
    with Image.open(BytesIO(without_metadata(data))) as image:
        assert getattr(image, "n_frames", 1) == 3


def test_pixels_that_are_damaged_are_still_refused() -> None:
    data = png(text("Comment", "none"))
    at = data.index(b"IDAT") + 10
    with pytest.raises(ImageRefused):
        read(data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :])


@pytest.mark.parametrize("cut", [8, 9, 20, 33, 40])
def test_a_file_that_is_cut_short_is_passed_on_as_it_is(cut: int) -> None:
    data = png()[:cut]
    assert without_metadata(data) == data


def test_a_length_beyond_the_file_ends_the_walk() -> None:
    data = png()[:33] + struct.pack(">I", 2**31) + b"tEXt"
    assert without_metadata(data) == data
