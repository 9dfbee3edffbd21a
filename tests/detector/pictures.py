"""Small pictures and image files that the detector's tests make themselves."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detector import images

ORIENTATION = 0x0112


def noise(width: int, height: int, seed: int = 0) -> NDArray[np.uint8]:
    """(height, width, 3) of smooth colour noise."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8))
    return np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC))


def quarters(width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """Red, green, blue and white quarters: top left, top right, bottom left, bottom right."""
    pixels = np.full((height, width, 3), 255, dtype=np.uint8)
    pixels[: height // 2, : width // 2] = (255, 0, 0)
    pixels[: height // 2, width // 2 :] = (0, 255, 0)
    pixels[height // 2 :, : width // 2] = (0, 0, 255)
    return pixels


def encoded(image: Image.Image | NDArray[Any], kind: str, **options: Any) -> bytes:
    """The bytes of a file of Pillow's format `kind`."""
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def decoded(pixels: NDArray[np.uint8]) -> images.DecodedImage:
    """An image that was read from a PNG of these pixels."""
    return images.read(encoded(pixels, "PNG"))


def oriented(pixels: NDArray[np.uint8], orientation: int, kind: str = "JPEG", **options: Any) -> bytes:
    """A file whose EXIF block says how it is to be turned."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return encoded(pixels, kind, exif=exif.tobytes(), **options)
