"""What networks that were first written for Keras share: its initial weights and its batch normalisation."""

from collections.abc import Mapping

from torch import Tensor, nn

from detector.architectures.base import Network, load_into

_EPSILON = 1e-3
_MOMENTUM = 0.01


def batch_norm(channels: int) -> nn.BatchNorm2d:
    """Batch normalisation with Keras's defaults: epsilon 0.001, 0.99 of the running statistics kept at each step."""
    return nn.BatchNorm2d(channels, eps=_EPSILON, momentum=_MOMENTUM)


def glorot(module: nn.Module) -> None:
    """Begin every convolution and dense layer as Keras does: Glorot uniform weights (2010, eq. 16), biases of zero."""
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def begin_from_own(network: Network, weights: Mapping[str, Tensor]) -> None:
    """Begin trunk and head from the weights of a bundle of the same architecture; nobody published others.

    Raises ArchitectureError when the weights do not fit.
    """
    load_into(network.module(), weights)
