"""Tiny bundles with random weights: the shipped architecture at 64 pixels, which nobody trained."""

from typing import Any

import torch
from torch import nn

from detector.architectures import Network, architecture
from detector.bundles import Bundle, Calibration, Card, InputSpec, Thresholds

SIZE = 64
MIDDLE = (127.5, 127.5, 127.5)


def network(seed: int = 0) -> Network:
    """MobileNetV2 with random weights whose logits differ clearly between pictures."""
    torch.manual_seed(seed)
    made = architecture("mobilenet_v2").build()
    made.module().train()
    for layer in made.module().modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = None  # the plain mean of the batches, so that no layer's variation dies away
    with torch.no_grad():
        for _ in range(3):
            made.logits(torch.randn(16, 3, SIZE, SIZE))
        made.head.linear.weight.mul_(5)  # type: ignore[operator, union-attr]
    made.module().eval().requires_grad_(False)
    return made


def card(role: str = "general", **changes: Any) -> Card:
    """A card for such a network."""
    fields: dict[str, Any] = {
        "name": role,
        "role": role,
        "version": "test",
        "architecture": "mobilenet_v2",
        "classes": {"0": "real", "1": "not real"},
        "input": InputSpec(SIZE, MIDDLE, MIDDLE, 0.3 if role == "face" else None),
        "explained": "last",
        "calibration": Calibration("temperature", 2.0),
        "thresholds": Thresholds(label=0.7, review=0.5, block=0.9),
        "weights_sha256": "",
        "licence": "made by a test",
    }
    return Card(**(fields | changes))


def bundle(role: str = "general", seed: int = 0) -> Bundle:
    """A bundle that was never on disk."""
    return Bundle(card(role), network(seed))
