"""The networks by name. A card names one of these; nothing else can be built from a card."""

from detector.architectures import thumbnail
from detector.architectures.base import Architecture, ArchitectureError, Family, Network
from detector.architectures.mobilenet_v2 import MOBILENET_V2

_FIXED: tuple[Architecture, ...] = (MOBILENET_V2,)
FAMILIES: tuple[Family, ...] = (thumbnail.FAMILY,)
ARCHITECTURES = {architecture.name: architecture for architecture in _FIXED}


def architecture(name: str) -> Architecture:
    """The architecture of that name; raises ArchitectureError when there is none."""
    if name in ARCHITECTURES:
        return ARCHITECTURES[name]
    for family in FAMILIES:
        if (found := family.parse(name)) is not None:
            return found
    known = [*sorted(ARCHITECTURES), *(f"names like {family.example}" for family in FAMILIES)]
    raise ArchitectureError(f"unknown architecture {name!r}; known: {', '.join(known)}")


__all__ = ["ARCHITECTURES", "FAMILIES", "Architecture", "ArchitectureError", "Family", "Network", "architecture"]
