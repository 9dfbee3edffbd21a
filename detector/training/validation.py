"""How a network in training does on images that it does not train on."""

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.utils.data import DataLoader

from detector.architectures import Network
from detector.preprocessing import normalise
from detector.training.dataset import Pictures
from detector.training.precision import autocast

_BATCH = 64


@torch.no_grad()
def validate(
    network: Network, pictures: Pictures, precision: str, device: torch.device
) -> tuple[float | None, float | None]:
    """Mean binary cross-entropy and accuracy over the pictures, as they are; None twice when there are none.

    The network must be in evaluation mode.
    """
    losses: list[Tensor] = []
    rights: list[Tensor] = []
    for squares, labels, _ in DataLoader(pictures, _BATCH) if len(pictures) else ():
        with autocast(precision, device):
            logits = network.logits(normalise(squares.numpy(), pictures.spec).to(device)).float().cpu()
        truth = torch.as_tensor(labels)
        losses.append(binary_cross_entropy_with_logits(logits, truth.float(), reduction="none"))
        rights.append((logits >= 0) == (truth == 1))
    if not losses:
        return None, None
    return float(torch.cat(losses).mean()), float(torch.cat(rights).float().mean())
