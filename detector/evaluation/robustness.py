"""What happens to pictures in the world, each at one fixed strength."""

from numpy.random import Generator
from PIL import Image

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


CONDITIONS: dict[str, Treatment | None] = {
    "as it is": None,
    "JPEG 60": jpeg_60,
    "rescaled": rescaled,
    "cropped": cropped,
}
