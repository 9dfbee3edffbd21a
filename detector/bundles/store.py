"""Bundles on disk: a folder of `weights.safetensors` and `card.json`. A bundle is data, never code."""

import dataclasses
import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load as parse_weights
from safetensors.torch import save as format_weights
from torch import Tensor, nn

from detector.architectures import ArchitectureError, Network, architecture
from detector.architectures.base import load_into
from detector.bundles.card import Card
from detector.bundles.folder import CARD, WEIGHTS, BundleError, read, read_card
from detector.explain import NONE, methods_of


@dataclass(frozen=True)
class Bundle:
    """A card and its network, in evaluation mode, float32, on the CPU."""

    card: Card
    network: Network

    @property
    def trunk(self) -> nn.Module:
        """Images (B, 3, size, size) -> named maps."""
        return self.network.trunk

    @property
    def head(self) -> nn.Module:
        """The map named `card.explained` (B, C, h, w) -> (B, 1) logit."""
        return self.network.head


def load(folder: Path) -> Bundle:
    """Read a bundle, comparing its weights with the SHA-256 in its card. Raises BundleError."""
    card = read_card(folder)
    weights = read(folder / WEIGHTS)
    if hashlib.sha256(weights).hexdigest() != card.weights_sha256:
        raise BundleError(f"The weights in {folder} are not those that its card names.")
    try:
        network = architecture(card.architecture).build()
        load_into(network.module(), parse_weights(weights))
    except (ArchitectureError, SafetensorError) as error:
        raise BundleError(f"The weights in {folder} do not fit: {error}.") from error
    if card.explained != network.explained:
        raise BundleError(f"{card.architecture} has no map named {card.explained!r} to explain.")
    if card.explanation not in (*methods_of(network.head), NONE):
        raise BundleError(f"{card.architecture} cannot be explained by {card.explanation!r}, which its card names.")
    network.module().eval().requires_grad_(False)
    return Bundle(card, network)


def save(folder: Path, card: Card, network: Network) -> Card:
    """Write weights at half precision and the card, which gets their SHA-256. Returns the card as written."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = format_weights(_half_precision(network))
    written = dataclasses.replace(card, weights_sha256=hashlib.sha256(weights).hexdigest())
    _write(folder / WEIGHTS, weights)
    _write(folder / CARD, written.to_json().encode())
    return written


def _half_precision(network: Network) -> dict[str, Tensor]:
    state = network.module().state_dict()
    floating = {name: tensor for name, tensor in state.items() if tensor.is_floating_point()}
    return {name: tensor.detach().cpu().contiguous().to(torch.float16) for name, tensor in floating.items()}


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(path.name + ".part")
    temporary.write_bytes(content)
    temporary.replace(path)
