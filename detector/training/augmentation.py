"""What happens to pictures on their way through the world, done alike to every class.

Each function takes an RGB picture and a random generator and returns a picture. `augment` strings them together.
"""

import io
from collections.abc import Callable, Mapping

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageEnhance, ImageFilter

from detector.training.thumbnails import nudged, thumbnail

Picture = Image.Image
_FILTERS = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)


def augment(picture: Picture, rng: Generator) -> Picture:
    """A random crop, flip and brightness always; rescaling, blur and compression sometimes, compression last."""
    picture = flip(crop(picture, rng), rng)
    picture = brightness(picture, rng)
    if rng.random() < 0.35:
        picture = rescale(picture, rng)
    if rng.random() < 0.15:
        picture = blur(picture, rng)
    return compress(picture, rng)


def strong(picture: Picture, rng: Generator) -> Picture:
    """Wider than `augment`: other proportions, colour and sharpness too, and every strength further out.

    What a picture shows must stay; what its camera, its generator's settings or a website left in it should not decide.
    """
    picture = reframe(flip(picture, rng), rng)
    picture = colour(picture, rng) if rng.random() < 0.7 else picture
    if rng.random() < 0.3:
        picture = rescale(picture, rng, least=0.45, most=0.95)
    chance = rng.random()
    if chance < 0.12:
        picture = blur(picture, rng)
    elif chance < 0.2:
        picture = ImageEnhance.Sharpness(picture).enhance(float(rng.uniform(1.3, 2.5)))
    return compress(picture, rng, webp=0.15)


def degrade(picture: Picture, rng: Generator) -> Picture:
    """One of: as it is, JPEG, rescaled, cropped by a little. Calibration is fitted on pictures treated so."""
    kind = rng.integers(4)
    if kind == 1:
        return jpeg(picture, int(rng.integers(50, 90)))
    if kind == 2:
        return rescale(picture, rng)
    return crop(picture, rng) if kind == 3 else picture


def crop(picture: Picture, rng: Generator) -> Picture:
    """Keep 80 to 100 % of each side, anywhere."""
    width, height = picture.size
    wide, high = (max(1, round(side * rng.uniform(0.8, 1.0))) for side in (width, height))
    left, top = int(rng.integers(width - wide + 1)), int(rng.integers(height - high + 1))
    return picture.crop((left, top, left + wide, top + high))


def reframe(picture: Picture, rng: Generator) -> Picture:
    """Stretched back to its size: up to 2 pixels less on each side (a quarter of the cases), or 72 to 100 % of each
    side, anywhere (half), else as it is."""
    chance, (width, height) = rng.random(), picture.size
    if chance < 0.25:
        left, top, right, bottom = (int(pixels) for pixels in rng.integers(0, 3, 4))
        box = left, top, width - right, height - bottom
    elif chance < 0.75:
        wide, high = round(width * rng.uniform(0.72, 1)), round(height * rng.uniform(0.72, 1))
        left, top = int(rng.integers(width - wide + 1)), int(rng.integers(height - high + 1))
        box = left, top, left + wide, top + high
    else:
        return picture
    return picture.resize(picture.size, _filter(rng), box=box)


def flip(picture: Picture, rng: Generator) -> Picture:
    """Mirror left and right half of the time."""
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else picture


def brightness(picture: Picture, rng: Generator) -> Picture:
    """Brightness times 0.7 to 1.4, and contrast times 0.85 to 1.15."""
    picture = ImageEnhance.Brightness(picture).enhance(float(rng.uniform(0.7, 1.4)))
    return ImageEnhance.Contrast(picture).enhance(float(rng.uniform(0.85, 1.15)))


def colour(picture: Picture, rng: Generator) -> Picture:
    """Brightness times 0.6 to 1.5, contrast 0.8 to 1.25, saturation 0.7 to 1.35."""
    picture = ImageEnhance.Brightness(picture).enhance(float(rng.uniform(0.6, 1.5)))
    picture = ImageEnhance.Contrast(picture).enhance(float(rng.uniform(0.8, 1.25)))
    return ImageEnhance.Color(picture).enhance(float(rng.uniform(0.7, 1.35)))


def rescale(picture: Picture, rng: Generator, least: float = 0.5, most: float = 0.9) -> Picture:
    """Shrink to a share of each side between `least` and `most`, and enlarge again, by one of three filters."""
    chosen = _filter(rng)
    factor = rng.uniform(least, most)
    small = tuple(max(8, round(side * factor)) for side in picture.size)
    return picture.resize((small[0], small[1]), chosen).resize(picture.size, chosen)


def blur(picture: Picture, rng: Generator) -> Picture:
    """Gaussian blur of 0.3 to 1.2 pixels."""
    return picture.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.2))))


def compress(picture: Picture, rng: Generator, webp: float = 0.1) -> Picture:
    """JPEG of quality 40 to 95 in half of the cases, WebP of the same in a share `webp`, else nothing."""
    chance, quality = rng.random(), int(rng.integers(40, 96))
    if chance < 0.5:
        return jpeg(picture, quality)
    return _reencode(picture, "WEBP", quality) if chance < 0.5 + webp else picture


def jpeg(picture: Picture, quality: int) -> Picture:
    """The picture after a JPEG of that quality."""
    return _reencode(picture, "JPEG", quality)


def generator(seed: int, *position: int) -> Generator:
    """The random generator of one place in a run, so that no order of work changes what an image gets."""
    return np.random.default_rng([seed, *position])


AUGMENTATIONS: Mapping[str, Callable[[Picture, Generator], Picture] | None] = {
    "world": augment,
    "strong": strong,
    "flip": flip,
    "thumbnail": thumbnail,
    "nudged": nudged,
    "none": None,
}


def _filter(rng: Generator) -> Image.Resampling:
    return _FILTERS[int(rng.integers(len(_FILTERS)))]


def _reencode(picture: Picture, kind: str, quality: int) -> Picture:
    buffer = io.BytesIO()
    picture.save(buffer, kind, quality=quality, **({"method": 0} if kind == "WEBP" else {}))
    with Image.open(buffer, formats=[kind]) as encoded:
        return encoded.convert("RGB")
