"""The pictures that are measured with: made of the bundled samples, each with bytes of its own."""

import io
import struct
from functools import cache
from pathlib import Path

from PIL import Image

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
QUALITY = 88


def large(width: int = 4000, height: int = 3000) -> bytes:
    """Return one 12-megapixel JPEG with a face in it."""
    with Image.open(SAMPLES / "astronaut.jpg") as image:
        return _jpeg(image.convert("RGB").resize((width, height), Image.Resampling.BICUBIC))


def ordinary(count: int, first: int = 0, side: int = 1024) -> list[bytes]:
    """Return ``count`` JPEGs of social-app size, of the samples in turn; another ``first`` gives them other bytes."""
    files = sorted(SAMPLES.glob("*.jpg"))
    made = []
    for file in files:
        with Image.open(file) as image:
            scale = side / max(image.size)
            size = (round(image.width * scale), round(image.height * scale))
            made.append(_jpeg(image.convert("RGB").resize(size, Image.Resampling.BICUBIC)))
    return [variant(made[number % len(made)], first + number) for number in range(count)]


def weighing(size: int, count: int, first: int = 0) -> list[bytes]:
    """Return ``count`` JPEGs of about ``size`` bytes each, of the samples in turn."""
    made = _weighing(size)
    return [variant(made[number % len(made)], first + number) for number in range(count)]


@cache
def _weighing(size: int, side: int = 1280) -> list[bytes]:
    """Return each sample at the quality that comes nearest to ``size``, but those that come not near."""
    made = []
    for file in sorted(SAMPLES.glob("*.jpg")):
        with Image.open(file) as image:
            scale = side / max(image.size)
            scaled = image.convert("RGB").resize((round(image.width * scale), round(image.height * scale)))
        made.append(min((_jpeg(scaled, quality) for quality in range(60, 97, 4)), key=lambda one: abs(len(one) - size)))
    return [one for one in made if abs(len(one) - size) < size / 5]


def variant(jpeg: bytes, number: int) -> bytes:
    """Return the same picture with other bytes: a comment segment after the JPEG's first marker."""
    comment = f"picture {number}".encode()
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + jpeg[2:]


def _jpeg(image: Image.Image, quality: int = QUALITY) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
