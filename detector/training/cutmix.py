"""CutMix: a square of another picture is pasted in, and the label mixed by its area (Yun et al. 2019, equation 1).

Of few pictures it makes many, and a network whose evidence is local cannot rest on a picture's whole.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from detector.architectures import Network
from detector.training.recipe import Recipe

_SHARE = 0.6


def cutmix_loss(recipe: Recipe, network: Network, images: Tensor, rest: Sequence[Tensor]) -> Tensor:
    """Binary cross-entropy against the smoothed label; six batches of ten are mixed with themselves, reversed."""
    targets = rest[0].float() * (1 - recipe.label_smoothing) + recipe.label_smoothing / 2
    if float(torch.rand(())) < _SHARE:
        images, targets = mixed(images, targets)
    return binary_cross_entropy_with_logits(network.logits(images).float(), targets)


def mixed(images: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Images (B, C, H, W) and targets (B,) mixed with those of the batch in reverse order.

    The square's area is uniform between none and all of a square image, its place uniform; all images of the batch have
    it at the same place. The randomness is PyTorch's on the CPU.
    """
    height, width = images.shape[2:]
    side = min(height, width, round(float(torch.rand(())) ** 0.5 * min(height, width)))
    top, left = (int(torch.randint(extent - side + 1, ())) for extent in (height, width))
    pasted = images.clone()
    square = (..., slice(top, top + side), slice(left, left + side))
    pasted[square] = images.flip(0)[square]
    area = side * side / (height * width)
    return pasted, targets * (1 - area) + targets.flip(0) * area
