"""The same content treated otherwise: blurred, sharpened, noisy, recoloured, regenerated, compressed, written over."""

import cv2
import numpy as np
from numpy.random import Generator

from detector.training.edits.base import Mask, Pixels, as_pixels, bounds, clipped

_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX)
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def blur(photograph: Pixels, _: Mask, __: Pixels, rng: Generator) -> Pixels:
    """Gaussian, median or box blur."""
    kind = rng.integers(3)
    if kind == 0:
        return as_pixels(cv2.GaussianBlur(photograph, (0, 0), rng.uniform(0.8, 4)))
    side = int(rng.choice([3, 5, 7]))
    return as_pixels(cv2.medianBlur(photograph, side) if kind == 1 else cv2.blur(photograph, (side, side)))


def sharpen(photograph: Pixels, _: Mask, __: Pixels, rng: Generator) -> Pixels:
    """Unsharp mask of strength 0.6 to 2.5."""
    values = photograph.astype(np.float32)
    soft = cv2.GaussianBlur(values, (0, 0), rng.uniform(0.8, 2.5))
    return clipped(values + rng.uniform(0.6, 2.5) * (values - soft))


def noise(photograph: Pixels, _: Mask, __: Pixels, rng: Generator) -> Pixels:
    """Gaussian noise, in colour or grey, or salt and pepper."""
    if rng.random() < 0.3:
        spots = rng.random(photograph.shape[:2])
        share = rng.uniform(0.02, 0.1)
        pepper, salt = (spots < share)[:, :, None], (spots > 1 - share)[:, :, None]
        return as_pixels(np.where(pepper, 0, np.where(salt, 255, photograph)))
    channels = 3 if rng.random() < 0.5 else 1
    grain = rng.normal(0, rng.uniform(4, 20), (*photograph.shape[:2], channels))
    return clipped(photograph.astype(np.float32) + grain)


def recolour(photograph: Pixels, _: Mask, __: Pixels, rng: Generator) -> Pixels:
    """Hue turned, saturation and brightness changed, all by an amount that can be seen."""
    hsv = cv2.cvtColor(photograph, cv2.COLOR_RGB2HSV).astype(np.float32)
    hsv[:, :, 0] = (hsv[:, :, 0] + rng.uniform(10, 170)) % 180
    hsv[:, :, 1] = np.clip(hsv[:, :, 1] * rng.uniform(0.4, 1.8) + rng.uniform(0, 40), 0, 255)
    hsv[:, :, 2] = np.clip(hsv[:, :, 2] * rng.uniform(0.7, 1.35), 0, 255)
    return as_pixels(cv2.cvtColor(as_pixels(hsv), cv2.COLOR_HSV2RGB))


def tone(photograph: Pixels, _: Mask, __: Pixels, rng: Generator) -> Pixels:
    """Dodge and burn: another brightness, contrast and colour temperature."""
    gamma = np.exp(rng.choice([-1, 1]) * rng.uniform(0.25, 0.7))
    gain = rng.uniform(0.85, 1.15, 3)
    return clipped(255 * (photograph / 255.0) ** gamma * gain)


def regenerate(photograph: Pixels, _: Mask, donor: Pixels, rng: Generator) -> Pixels:
    """As a generator's decoder leaves it: detail lost by down- and upscaling, then sharpened and given even noise."""
    height, width = photograph.shape[:2]
    factor = rng.uniform(1.5, 4)
    size = max(1, round(width / factor)), max(1, round(height / factor))
    content = donor if rng.random() < 0.3 else photograph
    small = cv2.resize(content, size, interpolation=cv2.INTER_AREA)
    large = cv2.resize(cv2.bilateralFilter(small, 5, 30, 3), (width, height), interpolation=cv2.INTER_CUBIC)
    crisp = large.astype(np.float32)
    crisp += rng.uniform(0, 1.5) * (crisp - cv2.GaussianBlur(crisp, (0, 0), 1.2))
    return clipped(crisp + rng.normal(0, rng.uniform(0, 3), photograph.shape))


def recompress(photograph: Pixels, _: Mask, __: Pixels, rng: Generator) -> Pixels:
    """A part that was saved as a JPEG of low quality before, on a grid of its own."""
    down, right = rng.integers(1, 8, 2)
    moved = np.roll(photograph, (int(down), int(right)), (0, 1))
    quality = [int(cv2.IMWRITE_JPEG_QUALITY), int(rng.integers(20, 65))]
    coded = cv2.imdecode(cv2.imencode(".jpg", moved, quality)[1], cv2.IMREAD_COLOR)
    if coded is None:
        raise ValueError("OpenCV cannot read the JPEG that it wrote")
    return np.roll(as_pixels(coded), (-int(down), -int(right)), (0, 1))


def text(photograph: Pixels, mask: Mask, _: Pixels, rng: Generator) -> Pixels:
    """Lines of letters over the mask's extent."""
    top, left, bottom, _right = bounds(mask)
    content = photograph.copy()
    font, scale = _FONTS[int(rng.integers(len(_FONTS)))], rng.uniform(0.4, 1.4)
    colour, weight = rng.integers(0, 256, 3).tolist(), int(rng.integers(1, 4))
    for y in range(top + 8, bottom + 24, max(12, round(30 * scale))):
        line = "".join(rng.choice(list(_LETTERS), 24))
        cv2.putText(content, line, (left - 4, y), font, scale, colour, weight, cv2.LINE_AA)
    return content
