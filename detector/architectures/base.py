"""What every network is: a trunk that makes feature maps and a small head that reads one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor, nn

FeatureMaps = dict[str, Tensor]


class ArchitectureError(ValueError):
    """Unknown architecture, or weights that do not fit it."""


class PooledHead(nn.Module):
    """Mean over the map, dropout, and one linear unit: (B, C, h, w) -> (B, 1) logit of "not real"."""

    def __init__(self, channels: int, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(channels, 1)

    def forward(self, feature_map: Tensor) -> Tensor:
        logit: Tensor = self.linear(self.dropout(feature_map.mean(dim=(2, 3))))
        return logit


@dataclass(frozen=True)
class Network:
    """A trunk (B, 3, H, W) -> named maps (B, C, h, w), and a head: the map named `explained` -> (B, 1) logit."""

    trunk: nn.Module
    head: nn.Module
    explained: str

    def logits(self, images: Tensor) -> Tensor:
        """Pre-sigmoid scores (B,) of images (B, 3, H, W), with gradients if they are enabled."""
        maps: FeatureMaps = self.trunk(images)
        logits: Tensor = self.head(maps[self.explained])
        return logits[:, 0]

    def module(self) -> nn.ModuleDict:
        """Trunk and head as one module, the names of whose tensors are those in a bundle's weights."""
        return nn.ModuleDict({"trunk": self.trunk, "head": self.head})


@dataclass(frozen=True)
class Architecture:
    """How to build a network, how to begin its trunk from weights in torchvision's layout, and its first blocks.

    `first_blocks(network, n)` gives the n blocks nearest the image, which training may leave as they are.
    """

    name: str
    build: Callable[[], Network]
    initialise: Callable[[Network, Mapping[str, Tensor]], None]
    first_blocks: Callable[[Network, int], list[nn.Module]]


@dataclass(frozen=True)
class Family:
    """Architectures whose name says their sizes. `parse` gives the one of a name, None when it is not of this family.

    It raises ArchitectureError for a name of this family with sizes that cannot be built. `example` is such a name.
    """

    example: str
    parse: Callable[[str], Architecture | None]


def load_into(module: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Copy `tensors` into `module`, which must have exactly these names and shapes (batch counters aside).

    Raises ArchitectureError for a missing, unknown or misshapen tensor.
    """
    own = {name: tensor for name, tensor in module.state_dict().items() if not _is_counter(name)}
    given = {name: tensor for name, tensor in tensors.items() if not _is_counter(name)}
    _require_equal_names(set(own), set(given))
    for name, tensor in own.items():
        if tensor.shape != given[name].shape:
            raise ArchitectureError(f"{name} is {tuple(given[name].shape)}, expected {tuple(tensor.shape)}")
        tensor.copy_(given[name].to(tensor.dtype))


def _is_counter(name: str) -> bool:
    return name.endswith("num_batches_tracked")


def _require_equal_names(own: set[str], given: set[str]) -> None:
    if missing := sorted(own - given):
        raise ArchitectureError(f"{len(missing)} tensors are missing, first {missing[0]}")
    if unknown := sorted(given - own):
        raise ArchitectureError(f"{len(unknown)} tensors are unknown, first {unknown[0]}")
