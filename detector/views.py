"""Test-time views: slightly different sights of one input, whose logits are averaged (Krizhevsky et al. 2012, 4.1)."""

from collections.abc import Callable, Mapping, Sequence

from torch import Tensor
from torch.nn.functional import pad

WHOLE = "whole"
View = Callable[[Tensor], Tensor]
"""(B, 3, H, W) -> (B, 3, H, W)."""


def whole(images: Tensor) -> Tensor:
    """The input as it is."""
    return images


def mirrored(images: Tensor) -> Tensor:
    """Left and right exchanged."""
    return images.flip(3)


def shifted(down: int, right: int) -> View:
    """Moved by so many pixels, at most one each way; the edge is reflected into what comes free."""

    def view(images: Tensor) -> Tensor:
        height, width = images.shape[2:]
        padded = pad(images, (1, 1, 1, 1), mode="reflect")
        return padded[:, :, 1 - down : 1 - down + height, 1 - right : 1 - right + width]

    return view


VIEWS: Mapping[str, View] = {
    WHOLE: whole,
    "mirrored": mirrored,
    "shifted-up-left": shifted(-1, -1),
    "shifted-down-right": shifted(1, 1),
    "mirrored-shifted-up-left": lambda images: mirrored(shifted(-1, -1)(images)),
    "mirrored-shifted-down-right": lambda images: mirrored(shifted(1, 1)(images)),
}


def seen(images: Tensor, names: Sequence[str]) -> list[Tensor]:
    """The named views of images (B, 3, H, W), in order. Raises KeyError for a name that is not in `VIEWS`."""
    return [VIEWS[name](images) for name in names]
