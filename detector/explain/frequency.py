"""What an eye does not see of an image: its spectrum, and what is left when the smooth part is taken away.

Pictures for a reader, not for a model: generators that enlarge small maps can leave regular bright points in the
spectrum (Frank et al. 2020, "Leveraging frequency analysis for deep fake image recognition", ICML), pasted parts can
bring noise of another kind. So do resizing, screens, textiles and compression.
"""

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

SPECTRUM_SIDE = 512
RESIDUAL_SIDE = 1600
_TILES = 16
_GAIN = 0.98
_FLOOR = 4.0
_BRIGHTNESS = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def spectrum_png(pixels: NDArray[np.uint8]) -> bytes:
    """Grey PNG of the log-magnitude spectrum of an image (H, W, 3) uint8, low frequencies in the middle.

    The mean over at most sixteen tiles of up to 512 x 512 pixels at the image's own scale, each under a Hann window
    (Welch 1967): rescaling would move the frequencies that a reader looks for. Square, at most 512 pixels a side.
    """
    side = min(SPECTRUM_SIDE, *pixels.shape[:2])
    window = np.outer(np.hanning(side), np.hanning(side)).astype(np.float32)
    power = np.zeros((side, side), dtype=np.float64)
    places = _places(pixels.shape[0], pixels.shape[1], side)
    for top, left in places:
        grey = pixels[top : top + side, left : left + side].astype(np.float32) @ _BRIGHTNESS
        power += np.abs(np.fft.fft2((grey - grey.mean()) * window)) ** 2
    magnitude = np.log1p(np.sqrt(np.fft.fftshift(power) / len(places)))
    return _png(_stretched(magnitude))


def residual_png(pixels: NDArray[np.uint8], max_side: int = RESIDUAL_SIDE) -> bytes:
    """Grey PNG of how far each pixel of an image (H, W, 3) uint8 is from the median of its 3 x 3 neighbourhood.

    Mean of the channels, brightened so that the brightest fiftieth is white. Of the upright image's size, or `max_side`
    pixels on its longer side where that is more: then each pixel is the mean of those it stands for.
    """
    residual = cv2.absdiff(pixels, cv2.medianBlur(np.ascontiguousarray(pixels), 3))
    mean: NDArray[np.float32] = residual.mean(axis=2, dtype=np.float32)
    scale = min(1.0, max_side / max(mean.shape))
    if scale < 1:
        size = max(1, round(mean.shape[1] * scale)), max(1, round(mean.shape[0] * scale))
        mean = np.asarray(cv2.resize(mean, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    white = max(_FLOOR, float(np.quantile(mean, _GAIN)))
    return _png(np.rint(np.clip(mean * (255 / white), 0, 255)).astype(np.uint8))


def _places(height: int, width: int, side: int) -> list[tuple[int, int]]:
    """Corners (top, left) of tiles that lie evenly over the image, sixteen at most."""
    down, right = (min(round(_TILES**0.5), -(-length // side)) for length in (height, width))
    tops, lefts = (np.linspace(0, length - side, count) for length, count in ((height, down), (width, right)))
    return [(round(top), round(left)) for top in tops for left in lefts]


def _stretched(magnitude: NDArray[np.float64]) -> NDArray[np.uint8]:
    low, high = float(np.quantile(magnitude, 0.01)), float(magnitude.max())
    share = np.clip((magnitude - low) / max(high - low, 1e-9), 0, 1)
    return np.asarray(np.rint(share * 255), dtype=np.uint8)


def _png(grey: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
