"""One rule that turns every decoded image into 8-bit RGB.

- Transparency lies on white: alpha channels, palettes with transparent entries, and a transparent colour key.
- 16-bit grey is divided by 257 (65535 becomes 255) and rounded; of 16-bit colour Pillow gives the high bytes.
- 32-bit grey integers are read as 16-bit ones and clipped to their range.
- Floating grey is 0..1 when nothing is above 1, else 0..255; it is clipped, and what is no number is black.
- Grey and palettes become RGB; CMYK (Adobe's inverted kind too), YCbCr, LAB and HSV become RGB by Pillow's conversion.
- Colour profiles are not applied: the detectors are trained on images read in the same way.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_ALPHA_MODES = {"LA", "PA", "La", "RGBA", "RGBa"}
_WHITE = (255, 255, 255, 255)


def to_rgb(image: Image.Image) -> Image.Image:
    """The image in mode RGB by this module's rule. Raises ValueError for a mode that has no RGB meaning."""
    if image.mode in {"I", "F"} or image.mode.startswith("I;16"):
        return Image.fromarray(_grey8(np.asarray(image))).convert("RGB")
    if image.mode in _ALPHA_MODES or "transparency" in image.info:
        return _on_white(image)
    return image if image.mode == "RGB" else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in {"La", "PA"}:
        image = image.convert("LA" if image.mode == "La" else "RGBA")
    rgba = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, _WHITE), rgba).convert("RGB")


def _grey8(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    if np.issubdtype(values.dtype, np.floating):
        return _float_grey8(np.nan_to_num(values.astype(np.float64), nan=0.0))
    wide = np.clip(values.astype(np.int64), 0, 65535)
    return ((wide + 128) // 257).astype(np.uint8)


def _float_grey8(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    scale = 255.0 if values.max(initial=0.0) <= 1.0 else 1.0
    return np.rint(np.clip(values * scale, 0, 255)).astype(np.uint8)
