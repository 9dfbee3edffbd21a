"""From pixels to a network's input: the one way there is, in training and in service.

What is done is written in the bundle's card (`InputSpec`), and nothing else decides it.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from detector.inputs import InputSpec
from detector.shrink import shrink

_REDUCING_GAP = 2.0


def resize(pixels: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 -> (size, size, 3) uint8, antialiased; large arrays are first reduced by whole boxes."""
    image = Image.fromarray(shrink(pixels, round(size * _REDUCING_GAP), round(size * _REDUCING_GAP)))
    return np.asarray(image.resize((size, size), Image.Resampling.BICUBIC, reducing_gap=_REDUCING_GAP))


def to_batch(views: Sequence[NDArray[np.uint8]], spec: InputSpec) -> Tensor:
    """Views of (H, W, 3) uint8 RGB, any size -> (B, 3, size, size) float32, normalised, channels last in memory."""
    return normalise(np.stack([resize(view, spec.size) for view in views]), spec)


def normalise(squares: NDArray[np.uint8], spec: InputSpec) -> Tensor:
    """(B, size, size, 3) uint8 -> (B, 3, size, size) float32, normalised, channels last in memory."""
    batch = torch.from_numpy(squares).permute(0, 3, 1, 2).float()
    mean, scale = (torch.tensor(values).view(1, 3, 1, 1) for values in (spec.mean, spec.scale))
    return (batch - mean) / scale
