"""What happens to pictures in the world, each at one fixed strength."""

import io

from numpy.random import Generator
from PIL import Image, ImageFilter

from detector.training.augmentation import jpeg
from detector.training.dataset import Treatment


def jpeg_60(picture: Image.Image, _: Generator) -> Image.Image:
    """After a JPEG of quality 60."""
    return jpeg(picture, 60)


def rescaled(picture: Image.Image, _: Generator) -> Image.Image:
    """Shrunk to three quarters of each side and enlarged again."""
    small = max(1, round(picture.width * 0.75)), max(1, round(picture.height * 0.75))
    return picture.resize(small, Image.Resampling.BICUBIC).resize(picture.size, Image.Resampling.BICUBIC)


def cropped(picture: Image.Image, _: Generator) -> Image.Image:
    """Without the outer twentieth on each side."""
    left, top = round(picture.width * 0.05), round(picture.height * 0.05)
    return picture.crop((left, top, picture.width - left, picture.height - top))


def one_pixel_crop(picture: Image.Image, _: Generator) -> Image.Image:
    """Without the outer pixel on each side, and enlarged to the size that it had."""
    inner = picture.crop((1, 1, picture.width - 1, picture.height - 1))
    return inner.resize(picture.size, Image.Resampling.BICUBIC)


def webp_60(picture: Image.Image, _: Generator) -> Image.Image:
    """After a WebP of quality 60."""
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=60)
    with Image.open(buffer, formats=["WEBP"]) as encoded:
        return encoded.convert("RGB")


def blurred(picture: Image.Image, _: Generator) -> Image.Image:
    """After a Gaussian blur of 0.7 pixels."""
    return picture.filter(ImageFilter.GaussianBlur(0.7))


CONDITIONS: dict[str, Treatment | None] = {
    "as it is": None,
    "JPEG 60": jpeg_60,
    "rescaled": rescaled,
    "cropped": cropped,
    "one-pixel crop": one_pixel_crop,
    "WebP 60": webp_60,
    "blurred": blurred,
}
