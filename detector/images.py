"""Bytes to an upright RGB array and facts, safely.

The type is decided by content, the declared size is checked before anything is decoded, the file is decoded whole, its
EXIF orientation is applied, and its colours become RGB by the rule of `detector.colours`. Whatever is wrong with the
bytes, the only exception is ImageRefused.
"""

import hashlib
import io
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pillow_heif import register_heif_opener

from detector import signatures
from detector.colours import to_rgb
from detector.png_chunks import without_metadata

register_heif_opener()
# Once, for every thread: what Pillow warns of (odd metadata, many pixels) is judged here.
warnings.filterwarnings("ignore", module=r"PIL\.")

_FORMATS = {
    "image/jpeg": ["JPEG", "MPO"],
    "image/png": ["PNG"],
    "image/webp": ["WEBP"],
    "image/gif": ["GIF"],
    "image/avif": ["AVIF"],
    "image/heic": ["HEIF"],
    "image/tiff": ["TIFF"],
    "image/bmp": ["BMP"],
}
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ACCEPTED = frozenset(_FORMATS)


class ImageRefused(Exception):
    """The bytes are not an image that is accepted.

    `code` is one of "unsupported-media-type", "image-undecodable", "image-too-many-pixels", "image-too-small" and
    "too-large"; `detail` says in a sentence what is wrong.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Limits:
    """What an image may measure: bytes of the file, pixels in all, pixels on a side, frames, least pixels on a side."""

    max_bytes: int = 20_000_000
    max_pixels: int = 50_000_000
    max_side: int = 16_384
    max_frames: int = 1_000
    min_side: int = 32


@dataclass(frozen=True)
class ImageFacts:
    """Media type by content, size of the file in bytes, size of the upright image in pixels, SHA-256 of the file."""

    media_type: str
    bytes: int
    width: int
    height: int
    sha256: str


@dataclass(frozen=True)
class DecodedImage:
    """`pixels`: (height, width, 3) uint8 RGB, upright, not to be written to; `facts` about the file."""

    pixels: NDArray[np.uint8]
    facts: ImageFacts


def identify(data: bytes) -> str | None:
    """Media type of an accepted image by its first bytes, or None. Says nothing of whether it decodes."""
    return signatures.media_type(data)


def read(data: bytes, limits: Limits = Limits()) -> DecodedImage:
    """Decode a whole file under limits. Of an animation, the first frame. Raises ImageRefused, and nothing else."""
    media_type = _accepted_type(data, limits)
    try:
        pixels = _decode(data, media_type, limits)
    except ImageRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageRefused("image-too-many-pixels", "The image has too many pixels.") from error
    except Exception as error:
        raise ImageRefused("image-undecodable", "The image is damaged or incomplete.") from error
    height, width = pixels.shape[:2]
    facts = ImageFacts(media_type, len(data), width, height, hashlib.sha256(data).hexdigest())
    return DecodedImage(pixels, facts)


def _accepted_type(data: bytes, limits: Limits) -> str:
    if len(data) > limits.max_bytes:
        raise ImageRefused("too-large", f"The file has {len(data)} bytes; at most {limits.max_bytes} are accepted.")
    media_type = identify(data)
    if media_type is None:
        raise ImageRefused("unsupported-media-type", "The file is not an image of an accepted type.")
    return media_type


def _decode(data: bytes, media_type: str, limits: Limits) -> NDArray[np.uint8]:
    if media_type == "image/webp" and (declared := signatures.webp_size(data)):
        _check_size(declared, limits)
    readable = without_metadata(data) if media_type == "image/png" else data
    with Image.open(io.BytesIO(readable), formats=_FORMATS[media_type]) as image:
        _check_size(image.size, limits)
        _check_frames(image, limits)
        image.load()
        _check_size(image.size, limits)
        turn = _TURNS.get(_orientation(image))
        upright = image.transpose(turn) if turn is not None else image
        upright.info.update(_transparency(image))
        pixels = np.asarray(to_rgb(upright))
    pixels.setflags(write=False)
    return pixels


def _check_size(size: tuple[int, int], limits: Limits) -> None:
    width, height = size
    if width * height > limits.max_pixels or max(size) > limits.max_side:
        raise ImageRefused("image-too-many-pixels", f"The image measures {width} x {height} pixels, which is too many.")
    if min(size) < limits.min_side:
        least = limits.min_side
        raise ImageRefused("image-too-small", f"The image measures {width} x {height} pixels; a side needs {least}.")


def _check_frames(image: Image.Image, limits: Limits) -> None:
    frames = int(getattr(image, "n_frames", 1))
    if frames > limits.max_frames:
        raise ImageRefused("image-too-many-pixels", f"The image has {frames} frames, which is too many.")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:
        return 1


def _transparency(image: Image.Image) -> dict[str, object]:
    return {"transparency": image.info["transparency"]} if "transparency" in image.info else {}
