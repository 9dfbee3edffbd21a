"""The networks by name. A card names one of these; nothing else can be built from a card."""

from detector.architectures.base import Architecture, ArchitectureError, Network
from detector.architectures.mobilenet_v2 import MOBILENET_V2

ARCHITECTURES = {architecture.name: architecture for architecture in (MOBILENET_V2,)}


def architecture(name: str) -> Architecture:
    """The architecture of that name; raises ArchitectureError when there is none."""
    if name not in ARCHITECTURES:
        raise ArchitectureError(f"unknown architecture {name!r}; known: {', '.join(sorted(ARCHITECTURES))}")
    return ARCHITECTURES[name]


__all__ = ["ARCHITECTURES", "Architecture", "ArchitectureError", "Network", "architecture"]
